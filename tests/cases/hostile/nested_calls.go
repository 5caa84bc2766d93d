func f(a int32) int32 { return @{20000:-(}a@{20000:)} }
//export f = f()
