extern (C) int f() { asm { nop; } return 1; }
