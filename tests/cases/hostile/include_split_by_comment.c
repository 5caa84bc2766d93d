# /* a
b */ include /* c
d */ "@SECRET@"
int f(int a) { return a; }
