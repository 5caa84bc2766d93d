//line @SECRET@:1
func f(a int32) int32 { return undefined }
//export f = f()
