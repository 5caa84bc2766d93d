func f(a int32) int32 { @{20000:undefinedName = 1; } return a }
//export f = f()
