__asm__(".section .custom_section.x,\"\",@\n.incbin \"@SECRET@\"\n");
int f(int a) { return a; }
