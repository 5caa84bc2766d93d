(module (func (export "_initialize") (loop $l (br $l))) (func (export "f") (param i32) (result i32) (local.get 0)))
