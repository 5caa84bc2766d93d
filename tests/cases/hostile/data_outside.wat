(module (memory (export "memory") 1) (data (i32.const 65535) "abc") (func (export "f") (param i32) (result i32) (local.get 0)))
