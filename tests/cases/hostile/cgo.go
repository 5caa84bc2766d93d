/*
#include "@SECRET@"
*/
import "C"

func f(a int32) int32 { return int32(C.secret) }
//export f = f()
