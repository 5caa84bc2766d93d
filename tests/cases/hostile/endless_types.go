type t[T any] struct{ next *t[t[T]] }

func f(a int32) int32 { var x t[int]; if x.next == nil { return a }; return 0 }
//export f = f()
