(module (func (export "f") (param i32) (result i32) @{60000:(local i64)} (local.get 0)))
