(module (memory (export "memory") 1) (global $s (export "__stack_pointer") (mut i32) (i32.const 1024)) (func (export "f") (param i32) (result i32) (global.set $s (i32.const -1)) (local.get 0)))
