pragma(lib, "/etc/passwd");
pragma(linkerDirective, "--export-all");
extern (C) int f() { return 1; }
