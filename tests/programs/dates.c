/* Days, weeks and leap years. */
#include <stdbool.h>
#include <stdint.h>

struct date {
    int year;
    int month;
    int day;
};

static const int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
static const char *const names[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

bool is_leap(int year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int year, int month) {
    if (month < 1 || month > 12)
        return 0;
    return month == 2 && is_leap(year) ? 29 : lengths[month - 1];
}

bool date_valid(const struct date *d) {
    return d->year > 0 && d->day >= 1 && d->day <= days_in_month(d->year, d->month);
}

int day_of_year(const struct date *d) {
    int days = d->day;
    for (int month = 1; month < d->month && month <= 12; month++)
        days += days_in_month(d->year, month);
    return days;
}

long date_to_days(struct date d) {
    long y = d.year - (d.month <= 2);
    long era = (y >= 0 ? y : y - 399) / 400;
    long of_era = y - era * 400;
    long of_year = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct date date_from_days(long days) {
    struct date d;
    days += 719468;
    long era = (days >= 0 ? days : days - 146096) / 146097;
    long of_era = days - era * 146097;
    long year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    long of_year = of_era - (365 * year + year / 4 - year / 100);
    long month = (5 * of_year + 2) / 153;
    d.day = (int)(of_year - (153 * month + 2) / 5 + 1);
    d.month = (int)(month < 10 ? month + 3 : month - 9);
    d.year = (int)(year + era * 400 + (d.month <= 2));
    return d;
}

int weekday(struct date d) {
    long days = date_to_days(d);
    return (int)((days % 7 + 10) % 7);
}

const char *weekday_name(struct date d) {
    return names[weekday(d)];
}

struct date date_add(struct date d, int days) {
    return date_from_days(date_to_days(d) + days);
}

int date_compare(const struct date *a, const struct date *b) {
    if (a->year != b->year)
        return a->year < b->year ? -1 : 1;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    return a->day < b->day ? -1 : a->day > b->day;
}

bool parse_date(const char *text, struct date *out) {
    int values[3] = {0, 0, 0};
    for (int i = 0; i < 3; i++) {
        int digits = i == 0 ? 4 : 2;
        while (digits--) {
            if (*text < '0' || *text > '9')
                return false;
            values[i] = values[i] * 10 + (*text++ - '0');
        }
        if (i < 2 && *text++ != '-')
            return false;
    }
    out->year = values[0];
    out->month = values[1];
    out->day = values[2];
    return *text == '\0' && date_valid(out);
}
