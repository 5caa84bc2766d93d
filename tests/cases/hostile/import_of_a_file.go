import secret "@SECRET@"

func f(a int32) int32 { return secret.Secret }
//export f = f()
