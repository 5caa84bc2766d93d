(module (table 1 funcref) (func $g) (elem (i32.const 5) $g) (func (export "f") (param i32) (result i32) (local.get 0)))
