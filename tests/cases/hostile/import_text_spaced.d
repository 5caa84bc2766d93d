enum secret = import /+ of /+ a +/ file +/ // here
    ("@SECRET@");
extern (C) int f() { return secret[4]; }
