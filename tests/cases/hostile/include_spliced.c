#inc\
lude \
"@SECRET@"
int f(int a) { return a; }
