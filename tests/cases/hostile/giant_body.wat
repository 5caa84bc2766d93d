(module (func (export "f") (param i32) (result i32) @{60000:(local.set 0 (i32.mul (i32.xor (local.get 0) (i32.const 12345)) (i32.const 77))) } (local.get 0)))
