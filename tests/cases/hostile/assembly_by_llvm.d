import ldc.llvmasm;
extern (C) int f() { return __asm!int(".incbin \"/etc/passwd\"", "=r"); }
