const char secret[] = {
#embed "@SECRET@"
};
int f(int a) { return secret[a]; }
