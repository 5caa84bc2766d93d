(module (memory (export "memory") 1) (func $s (loop $l (drop (memory.grow (i32.const 1))) (br $l))) (start $s) (func (export "f") (param i32) (result i32) (local.get 0)))
