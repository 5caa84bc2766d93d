(module (memory (export "memory") 1 65536 shared) (func (export "f") (param i32) (result i32) (local.get 0)))
