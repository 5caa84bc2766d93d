#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

/* Card number check, blanks and dashes allowed between digits. */
bool luhn_valid(const char *digits, int len) {
    int sum = 0;
    int seen = 0;
    for (int i = len - 1; i >= 0; i--) {
        char c = digits[i];
        if (c == ' ' || c == '-')
            continue;
        if (c < '0' || c > '9')
            return false;
        int d = c - '0';
        if (seen++ & 1) {
            d *= 2;
            if (d > 9)
                d -= 9;
        }
        sum += d;
    }
    return seen >= 2 && sum % 10 == 0;
}

bool isbn10_valid(const char *isbn) {
    int weight = 10;
    int sum = 0;
    for (; *isbn && weight > 0; isbn++) {
        if (*isbn == '-')
            continue;
        if (*isbn >= '0' && *isbn <= '9')
            sum += weight * (*isbn - '0');
        else if (*isbn == 'X' && weight == 1)
            sum += 10;
        else
            return false;
        weight--;
    }
    return weight == 0 && *isbn == '\0' && sum % 11 == 0;
}

/* Check digit of twelve digits of an EAN, -1 if they are none. */
int ean13_check_digit(const char *code, size_t len) {
    int odd = 0, even = 0;
    if (len < 12)
        return -1;
    for (size_t i = 0; i < 12; i += 2) {
        if (code[i] < '0' || code[i] > '9' || code[i + 1] < '0' || code[i + 1] > '9')
            return -1;
        even += code[i] - '0';
        odd += code[i + 1] - '0';
    }
    return (10 - (even + 3 * odd) % 10) % 10;
}

/* Remainder modulo 97 with the first four characters moved to the end, letters as 10 to 35. */
int iban_remainder(const char *iban, int len) {
    unsigned rest = 0;
    if (len < 5)
        return -1;
    for (int k = 0; k < len; k++) {
        char c = iban[(k + 4) % len];
        if (c >= '0' && c <= '9')
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else if (c >= 'A' && c <= 'Z')
            rest = (rest * 100 + (unsigned)(c - 'A') + 10) % 97;
        else
            return -1;
    }
    return (int)rest;
}

/* Checks $...*hh of an NMEA sentence. */
bool nmea_checksum_ok(const char *sentence) {
    if (*sentence++ != '$')
        return false;
    uint8_t sum = 0;
    while (*sentence && *sentence != '*')
        sum ^= (uint8_t)*sentence++;
    if (*sentence++ != '*')
        return false;
    for (int shift = 4; shift >= 0; shift -= 4) {
        char c = *sentence++;
        int nibble = sum >> shift & 15;
        if (c != (nibble < 10 ? '0' + nibble : 'A' + nibble - 10))
            return false;
    }
    return true;
}

/* Data bytes of an Intel HEX record, -1 malformed, -2 wrong sum. */
int intel_hex_record_size(const char *line, int len) {
    uint8_t sum = 0;
    int count = -1;
    if (len < 11 || len % 2 == 0 || line[0] != ':')
        return -1;
    for (int i = 1; i < len; i += 2) {
        int byte = 0;
        for (int k = i; k < i + 2; k++) {
            char c = line[k];
            if (c >= '0' && c <= '9')
                byte = byte << 4 | (c - '0');
            else if (c >= 'A' && c <= 'F')
                byte = byte << 4 | (c - 'A' + 10);
            else
                return -1;
        }
        if (i == 1)
            count = byte;
        sum = (uint8_t)(sum + byte);
    }
    if (len != 11 + 2 * count)
        return -1;
    return sum == 0 ? count : -2;
}

uint8_t crc8_maxim(const uint8_t *data, size_t n) {
    uint8_t crc = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = data[i];
        for (int bit = 0; bit < 8; bit++) {
            bool mix = (crc ^ byte) & 1;
            crc >>= 1;
            if (mix)
                crc ^= 0x8c;
            byte >>= 1;
        }
    }
    return crc;
}

/* Internet checksum: ones' complement of the sum of big-endian words. */
uint16_t inet_checksum(const uint8_t *packet, size_t len) {
    uint32_t sum = 0;
    size_t i = 0;
    for (; i + 1 < len; i += 2)
        sum += (uint32_t)packet[i] << 8 | packet[i + 1];
    if (i < len)
        sum += (uint32_t)packet[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}
