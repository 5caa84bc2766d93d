(module (func (export "f") (param i32) (result i32) (loop $l (br $l)) (unreachable)))
