//go:linkname open syscall.Open
func open(path string, mode int, perm uint32) (int, error)

func f(a int32) int32 { n, _ := open("@SECRET@", 0, 0); return int32(n) }
//export f = f()
