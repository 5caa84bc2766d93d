(module (func (export "f") (param i32) (result i32) (block $b (br_table @{100000:$b } (local.get 0))) (local.get 0)))
