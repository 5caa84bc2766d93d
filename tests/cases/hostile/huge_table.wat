(module (table 4000000000 funcref) (func (export "f") (param i32) (result i32) (local.get 0)))
