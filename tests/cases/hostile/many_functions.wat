(module @{20000:(func (param i32) (result i32) (i32.mul (local.get 0) (local.get 0))) } (func (export "f") (param i32) (result i32) (local.get 0)))
