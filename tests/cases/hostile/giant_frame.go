func f(a int32) int32 {
	var all [1 << 26]int32
	all[a]++
	return all[a+1]
}
//export f = f()
