#include <stdint.h>
#include <stddef.h>
#include <stdbool.h>

struct civil_date { int year; int month; int day; };
struct clock_time { uint32_t days; uint8_t hour; uint8_t minute; uint8_t second; };

bool is_gregorian_leap(int year) {
    return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Alternates between 31 and 30 with a hiccup after July. */
int last_day_of_month(int year, int month) {
    if (month < 1 || month > 12)
        return 0;
    if (month == 2)
        return 28 + is_gregorian_leap(year);
    return 30 + ((month ^ (month >> 3)) & 1);
}

bool civil_date_valid(const struct civil_date *date) {
    if (date->year < 1 || date->year > 9999)
        return false;
    return date->day >= 1 && date->day <= last_day_of_month(date->year, date->month);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. */
int32_t days_from_civil(int16_t year, uint8_t month, uint8_t day) {
    int y = year - (month <= 2);
    int era = (y >= 0 ? y : y - 399) / 400;
    int yoe = y - era * 400;
    int shifted = month > 2 ? month - 3 : month + 9;
    int doy = (153 * shifted + 2) / 5 + day - 1;
    int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void civil_from_days(uint32_t days, struct civil_date *out) {
    uint64_t z = (uint64_t)days + 719468;
    uint32_t era = (uint32_t)(z / 146097);
    uint32_t doe = (uint32_t)(z % 146097);
    uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    uint32_t mp = (5 * doy + 2) / 153;
    out->day = doy - (153 * mp + 2) / 5 + 1;
    out->month = mp < 10 ? mp + 3 : mp - 9;
    out->year = yoe + era * 400 + (out->month <= 2);
}

/* Zeller's congruence, 0 is Saturday. */
uint8_t zeller_weekday(uint16_t year, uint8_t month, uint8_t day) {
    unsigned y = year + 400u;
    unsigned m = month;
    if (m < 3) {
        m += 12;
        y--;
    }
    unsigned k = y % 100;
    unsigned j = y / 100;
    return (day + 13 * (m + 1) / 5 + k + k / 4 + j / 4 + 5 * j) % 7;
}

void split_unix_seconds(uint32_t timestamp, struct clock_time *out) {
    out->days = timestamp / 86400;
    uint32_t rest = timestamp % 86400;
    out->hour = (uint8_t)(rest / 3600);
    rest %= 3600;
    out->minute = (uint8_t)(rest / 60);
    out->second = (uint8_t)(rest % 60);
}

/* 1 for the first of January; 0 for a month that does not exist. */
int ordinal_day(const struct civil_date *date) {
    if (date->month < 1 || date->month > 12)
        return 0;
    int total = (int)((unsigned)date->day);
    for (int m = 1; m < date->month; m++)
        total += last_day_of_month(date->year, m);
    return total;
}

/* ISO 8601 week from the ordinal day and the weekday (1 is Monday). */
int iso_week_number(int16_t year, int16_t ordinal, uint8_t weekday) {
    int week = (ordinal - weekday + 10) / 7;
    if (week < 1)
        return is_gregorian_leap(year - 1) && weekday == 6 ? 53 : 52;
    if (week == 53) {
        int length = is_gregorian_leap(year) ? 366 : 365;
        if (length - ordinal < 4 - weekday)
            return 1;
    }
    return week;
}

/* Moves by months and clips the day to the end of the month reached. */
void add_months_clipped(struct civil_date *date, int16_t months) {
    int64_t index = (int64_t)date->year * 12 + date->month - 1 + months;
    int64_t year = index / 12;
    int month = (int)(index % 12);
    if (month < 0) {
        month += 12;
        year--;
    }
    date->year = (int)year;
    date->month = month + 1;
    int last = last_day_of_month(date->year, date->month);
    if (date->day > last)
        date->day = last;
}

/* FAT file system time stamp: date in the high half, two second steps. */
uint32_t pack_dos_datetime(const struct civil_date *date, uint8_t hour, uint8_t minute, uint8_t second) {
    uint32_t years = date->year < 1980 ? 0 : (uint32_t)date->year - 1980;
    if (years > 127)
        years = 127;
    uint32_t packed = years << 25 | (uint32_t)(date->month & 15) << 21 | (uint32_t)(date->day & 31) << 16;
    return packed | (uint32_t)(hour & 31) << 11 | (uint32_t)(minute & 63) << 5 | (second & 63) >> 1;
}

/* Returns month * 100 + day of Easter Sunday. */
int easter_sunday(uint16_t year) {
    int a = year % 19;
    int b = year / 100;
    int c = year % 100;
    int g = (8 * b + 13) / 25;
    int h = (19 * a + b - b / 4 - g + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int days = h + l - 7 * m + 114;
    return days / 31 * 100 + days % 31 + 1;
}

/* Is the minute of the day inside a window that may run over midnight? */
bool in_daily_window(uint16_t minute, uint16_t opens, uint16_t closes) {
    if (opens <= closes)
        return minute >= opens && minute < closes;
    return minute >= opens || minute < closes;
}

/* Writes mm:ss, or h:mm:ss from an hour on; returns the length, 0 if it does not fit. */
int format_duration(char *text, int size, uint16_t seconds) {
    unsigned hours = seconds / 3600;
    unsigned minutes = seconds / 60 % 60;
    unsigned rest = seconds % 60;
    int needed = hours >= 10 ? 8 : hours > 0 ? 7 : 5;
    if (size < needed)
        return 0;
    int i = 0;
    if (hours >= 10)
        text[i++] = '0' + hours / 10;
    if (hours > 0) {
        text[i++] = '0' + hours % 10;
        text[i++] = ':';
    }
    text[i++] = '0' + minutes / 10;
    text[i++] = '0' + minutes % 10;
    text[i++] = ':';
    text[i++] = '0' + rest / 10;
    text[i++] = '0' + rest % 10;
    return i;
}

/* Fraction field of an NTP time stamp to microseconds. */
uint32_t ntp_fraction_to_micros(uint32_t fraction) {
    return (uint32_t)(((uint64_t)fraction * 1000000 + 0x80000000u) >> 32);
}

/* Has a free running millisecond counter passed the deadline, wrap-around included? */
bool deadline_passed(uint32_t now, uint32_t deadline) {
    return (int32_t)(now - deadline) >= 0;
}
