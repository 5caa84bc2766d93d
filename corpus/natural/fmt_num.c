#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/* Number of decimal digits of v, at least 1. */
int decimal_width(uint64_t v) {
    int digits = 1;
    while (v >= 10) {
        v /= 10;
        digits++;
    }
    return digits;
}

/* Decimal without terminator; the length, or -1 if it does not fit. */
int format_u32(char *buf, int cap, uint32_t value) {
    int width = decimal_width(value);
    if (width > cap)
        return -1;
    int pos = width;
    do {
        buf[--pos] = (char)('0' + value % 10);
        value /= 10;
    } while (pos > 0);
    return width;
}

/* Signed decimal with terminator, built backwards in a scratch buffer. */
int format_i32_terminated(char *buf, int cap, int32_t value) {
    char scratch[12];
    int used = 0;
    uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    do {
        scratch[used++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest != 0);
    if (value < 0)
        scratch[used++] = '-';
    if (used + 1 > cap)
        return -1;
    for (int i = 0; i < used; i++)
        buf[i] = scratch[used - 1 - i];
    buf[used] = '\0';
    return used;
}

int format_hex_padded(char *buf, int cap, uint32_t value, int width) {
    int digits = 1;
    for (uint32_t v = value >> 4; v != 0; v >>= 4)
        digits++;
    if (width > 8)
        width = 8;
    if (digits < width)
        digits = width;
    if (digits > cap)
        return -1;
    for (int i = digits - 1; i >= 0; i--) {
        unsigned nibble = value & 0xf;
        buf[i] = (char)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10);
        value >>= 4;
    }
    return digits;
}

/* 1234567 as 1,234,567. */
int format_grouped(char *buf, size_t cap, int64_t value) {
    char reversed[28];
    size_t n = 0;
    int in_group = 0;
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        if (in_group == 3) {
            reversed[n++] = ',';
            in_group = 0;
        }
        reversed[n++] = (char)('0' + magnitude % 10);
        magnitude /= 10;
        in_group++;
    } while (magnitude > 0);
    if (value < 0)
        reversed[n++] = '-';
    if (n > cap)
        return -1;
    for (size_t i = 0; i < n; i++)
        buf[n - 1 - i] = reversed[i];
    return (int)n;
}

int format_ipv4_dotted(char *buf, int cap, uint32_t addr) {
    int used = 0;
    for (int shift = 24; shift >= 0; shift -= 8) {
        int wrote = format_u32(buf + used, cap - used, addr >> shift & 0xff);
        if (wrote < 0)
            return -1;
        used += wrote;
        if (shift > 0) {
            if (used == cap)
                return -1;
            buf[used++] = '.';
        }
    }
    return used;
}

/* m:ss below an hour, h:mm:ss from then on. */
int format_elapsed(char *buf, int cap, uint32_t seconds) {
    uint32_t hours = seconds / 3600;
    uint32_t minutes = seconds / 60 % 60;
    int used = 0;
    if (hours > 0) {
        used = format_u32(buf, cap, hours);
        if (used < 0 || cap - used < 6)
            return -1;
        buf[used++] = ':';
        buf[used++] = (char)('0' + minutes / 10);
        buf[used++] = (char)('0' + minutes % 10);
    } else {
        used = format_u32(buf, cap, minutes);
        if (used < 0 || cap - used < 3)
            return -1;
    }
    buf[used++] = ':';
    buf[used++] = (char)('0' + seconds % 60 / 10);
    buf[used++] = (char)('0' + seconds % 10);
    return used;
}

/* Roman numeral of 1..3999 with terminator; the length, or -1. */
int write_roman(char *buf, int cap, unsigned value) {
    const char ones[3] = {'I', 'X', 'C'};
    const char fives[3] = {'V', 'L', 'D'};
    const char tens[3] = {'X', 'C', 'M'};
    char out[16];
    int n = 0;
    if (value == 0 || value > 3999)
        return -1;
    for (unsigned m = value / 1000; m > 0; m--)
        out[n++] = 'M';
    unsigned divisor = 100;
    for (int place = 2; place >= 0; place--) {
        unsigned digit = value / divisor % 10;
        divisor /= 10;
        if (digit % 5 == 4) {
            out[n++] = ones[place];
            out[n++] = digit == 4 ? fives[place] : tens[place];
            continue;
        }
        if (digit >= 5)
            out[n++] = fives[place];
        for (unsigned k = digit % 5; k > 0; k--)
            out[n++] = ones[place];
    }
    if (n >= cap)
        return -1;
    for (int i = 0; i < n; i++)
        buf[i] = out[i];
    buf[n] = '\0';
    return n;
}

/* Amount in cents as -12.05. */
int format_cents(char *buf, int cap, int32_t cents) {
    uint32_t amount = (uint32_t)cents;
    int start = 0;
    if (cents < 0) {
        if (cap < 1)
            return -1;
        amount = -amount;
        start = 1;
    }
    int whole = format_u32(buf + start, cap - start, amount / 100);
    if (whole < 0 || start + whole + 3 > cap)
        return -1;
    if (start)
        buf[0] = '-';
    char *tail = buf + start + whole;
    tail[0] = '.';
    tail[1] = (char)('0' + amount % 100 / 10);
    tail[2] = (char)('0' + amount % 10);
    return start + whole + 3;
}

/* Right-aligned in the whole buffer, filled with blanks; false if it does not fit. */
bool write_base36_right(char *field, size_t size, uint64_t id) {
    size_t i = size;
    do {
        if (i == 0)
            return false;
        uint8_t digit = (uint8_t)(id % 36);
        field[--i] = (char)(digit > 9 ? digit - 10 + 'A' : digit + '0');
        id /= 36;
    } while (id);
    while (i > 0)
        field[--i] = ' ';
    return true;
}

/* 1536 as 1.5K, 3 as 3B. */
int format_scaled_bytes(char *buf, int cap, uint64_t bytes) {
    int unit = 0;
    unsigned tenths = 0;
    while (bytes >= 1024 && unit < 4) {
        tenths = (unsigned)(bytes % 1024) * 10 / 1024;
        bytes /= 1024;
        unit++;
    }
    if (bytes > 99999)
        bytes = 99999;
    int used = format_u32(buf, cap, (uint32_t)bytes);
    if (used < 0 || used + 3 > cap)
        return -1;
    if (tenths > 0) {
        buf[used++] = '.';
        buf[used++] = (char)('0' + tenths);
    }
    switch (unit) {
    case 0: buf[used] = 'B'; break;
    case 1: buf[used] = 'K'; break;
    case 2: buf[used] = 'M'; break;
    case 3: buf[used] = 'G'; break;
    default: buf[used] = 'T'; break;
    }
    return used + 1;
}

/* Centres text in the buffer, cutting it if it is too long. */
int center_text(char *dst, int cap, const char *text, char fill) {
    int length = 0;
    while (text[length] && length < cap)
        length++;
    int left = (cap - length) / 2;
    for (int i = 0; i < cap; i++) {
        if (i < left || i >= left + length)
            dst[i] = fill;
        else
            dst[i] = text[i - left];
    }
    return left;
}

/* 1st, 2nd, 3rd, 4th, 11th, 21st ... */
int format_ordinal(char *buf, int cap, unsigned value) {
    int used = format_u32(buf, cap, value);
    if (used < 0 || cap - used < 2)
        return -1;
    char a = 't', b = 'h';
    if (value / 10 % 10 != 1) {
        switch (value % 10) {
        case 1: a = 's'; b = 't'; break;
        case 2: a = 'n'; b = 'd'; break;
        case 3: a = 'r'; b = 'd'; break;
        }
    }
    buf[used] = a;
    buf[used + 1] = b;
    return used + 2;
}

/* Sixteen bits as 0001_0010_0011_0100. */
bool format_bits16(char *buf, int cap, uint16_t bits) {
    if (cap < 19)
        return false;
    int pos = 0;
    for (int bit = 15; bit >= 0; bit--) {
        buf[pos++] = (bits >> bit) & 1 ? '1' : '0';
        if (bit > 0 && bit % 4 == 0)
            buf[pos++] = '_';
    }
    return true;
}

/* Three decimals, rounded half away from zero; only for |value| below a million. */
int format_fixed3(char *buf, int cap, double value) {
    if (!(value > -1e6 && value < 1e6))
        return -1;
    bool negative = value < 0;
    double magnitude = negative ? -value : value;
    uint32_t milli = (uint32_t)(magnitude * 1000.0 + 0.5);
    int used = 0;
    if (negative && milli > 0) {
        if (cap == 0)
            return -1;
        buf[used++] = '-';
    }
    int wrote = format_u32(buf + used, cap - used, milli / 1000);
    if (wrote < 0)
        return -1;
    used += wrote;
    if (cap - used < 4)
        return -1;
    buf[used++] = '.';
    for (uint32_t div = 100; div > 0; div /= 10)
        buf[used++] = (char)('0' + milli / div % 10);
    return used;
}

/* Minutes since midnight as 9:05 AM. */
int format_clock12(char *buf, int cap, unsigned minutes) {
    minutes %= 1440;
    unsigned hour = minutes / 60 % 12;
    if (hour == 0)
        hour = 12;
    int used = hour >= 10 ? 2 : 1;
    if (cap < used + 6)
        return -1;
    if (hour >= 10)
        buf[0] = '1';
    buf[used - 1] = (char)('0' + hour % 10);
    buf[used] = ':';
    buf[used + 1] = (char)('0' + minutes % 60 / 10);
    buf[used + 2] = (char)('0' + minutes % 10);
    buf[used + 3] = ' ';
    buf[used + 4] = minutes < 720 ? 'A' : 'P';
    buf[used + 5] = 'M';
    return used + 6;
}

/* Printable view of a hex dump: dots for what can't be shown. */
size_t dump_ascii_column(char *column, size_t size, const uint8_t *data, size_t count) {
    size_t n = count < size ? count : size;
    for (size_t i = 0; i < n; i++)
        column[i] = data[i] >= 0x20 && data[i] < 0x7f ? (char)data[i] : '.';
    return n;
}
