import _ "embed"

//go:embed @SECRET@
var f0Text string

func f(a int32) int32 { return int32(f0Text[a]) }
//export f = f()
