"""Routines that Go has in assembly, or within its runtime, as functions of LLVM: they do what Go's do, on arguments laid out as Go's are."""

from __future__ import annotations

_COMPARE = """\
  %p = load i64, ptr %args, align 1
  %np = getelementptr i8, ptr %args, i32 8
  %n = load i64, ptr %np, align 1
  %qp = getelementptr i8, ptr %args, i32 {other}
  %q = load i64, ptr %qp, align 1
  %mp = getelementptr i8, ptr %args, i32 {length}
  %m = load i64, ptr %mp, align 1
  %less = icmp slt i64 %n, %m
  %both = select i1 %less, i64 %n, i64 %m
  %p32 = trunc i64 %p to i32
  %q32 = trunc i64 %q to i32
  %size = trunc i64 %both to i32
  %pp = inttoptr i32 %p32 to ptr
  %qq = inttoptr i32 %q32 to ptr
  %bytes = call i32 @memcmp(ptr %pp, ptr %qq, i32 %size)
  %same = icmp eq i32 %bytes, 0
  %longer = icmp sgt i64 %n, %m
  %more = zext i1 %longer to i64
  %by.length = select i1 %less, i64 -1, i64 %more
  %lower = icmp slt i32 %bytes, 0
  %by.bytes = select i1 %lower, i64 -1, i64 1
  %order = select i1 %same, i64 %by.length, i64 %by.bytes
  %result = getelementptr i8, ptr %args, i32 {result}
  store i64 %order, ptr %result, align 1
  ret void"""

_FIND = """\
entry:
  %p = load i64, ptr %args, align 1
  %np = getelementptr i8, ptr %args, i32 8
  %n = load i64, ptr %np, align 1
  %cp = getelementptr i8, ptr %args, i32 {byte}
  %c = load i8, ptr %cp, align 1
  %result = getelementptr i8, ptr %args, i32 {result}
  br label %next
next:
  %i = phi i64 [ 0, %entry ], [ %j, %other ]
  %more = icmp slt i64 %i, %n
  br i1 %more, label %look, label %done
look:
  %at = add i64 %p, %i
  %at32 = trunc i64 %at to i32
  %place = inttoptr i32 %at32 to ptr
  %b = load i8, ptr %place, align 1
  %j = add i64 %i, 1
  %found = icmp eq i8 %b, %c
  br i1 %found, label %done, label %other
other:
  br label %next
done:
  %index = phi i64 [ -1, %next ], [ %i, %look ]
  store i64 %index, ptr %result, align 1
  ret void"""

_DECODE = """\
  %inner = alloca [32 x i8], align 8
  %p = load i64, ptr %args, align 1
  %np = getelementptr i8, ptr %args, i32 8
  %n = load i64, ptr %np, align 1
  %kp = getelementptr i8, ptr %args, i32 16
  %k = load i64, ptr %kp, align 1
  %from = add i64 %p, %k
  %left = sub i64 %n, %k
  store i64 %from, ptr %inner, align 1
  %mp = getelementptr i8, ptr %inner, i32 8
  store i64 %left, ptr %mp, align 1
  call void @"body.unicode/utf8.DecodeRuneInString"(ptr %inner)
  %rp = getelementptr i8, ptr %inner, i32 16
  %r = load i32, ptr %rp, align 1
  %wp = getelementptr i8, ptr %inner, i32 24
  %w = load i64, ptr %wp, align 1
  %after = add i64 %k, %w
  %result = getelementptr i8, ptr %args, i32 24
  store i32 %r, ptr %result, align 1
  %end = getelementptr i8, ptr %args, i32 32
  store i64 %after, ptr %end, align 1
  ret void"""

ROUTINES: dict[str, tuple[str, tuple[str, ...]]] = {
    "runtime.cmpstring": (_COMPARE.format(other=16, length=24, result=32), ()),
    "internal/bytealg.Compare": (_COMPARE.format(other=24, length=32, result=48), ()),
    "internal/bytealg.IndexByte": (_FIND.format(byte=24, result=32), ()),
    "internal/bytealg.IndexByteString": (_FIND.format(byte=16, result=24), ()),
    "runtime.decoderune": (_DECODE, ("unicode/utf8.DecodeRuneInString",)),
}
"""By symbol, what stands between the braces of `void @...(ptr %args)`, and the functions of Go that it calls. `decoderune` is what `range` over a
string calls: the rune at an index, and the index behind it."""
