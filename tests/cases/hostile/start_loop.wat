(module (func $s (loop $l (br $l))) (start $s) (func (export "f") (param i32) (result i32) (local.get 0)))
