(module (func $g (export "f") (param i32) (result i32) (i32.add (i32.const 1) (call $g (i32.add (local.get 0) (i32.const 1))))))
