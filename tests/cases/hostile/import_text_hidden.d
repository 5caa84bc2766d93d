// To a reader that takes q"( for an ordinary string, what follows is still one.
enum one = q"("()"; enum secret = import("@SECRET@"); enum two = ")"; // "
extern (C) int f() { return secret[4]; }
