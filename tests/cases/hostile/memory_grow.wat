(module (memory (export "memory") 1) (func (export "f") (param i32) (result i32) (loop $l (drop (memory.grow (i32.const 1000))) (br $l)) (unreachable)))
