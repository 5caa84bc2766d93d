(module (func (export "f") (param i32) (result i32) @{3000:(block } (nop) @{3000:)} (local.get 0)))
