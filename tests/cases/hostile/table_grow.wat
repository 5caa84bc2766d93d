(module (table $t 1 funcref) (func (export "f") (param i32) (result i32) (loop $l (drop (table.grow $t (ref.null func) (i32.const 10000000))) (br $l)) (unreachable)))
