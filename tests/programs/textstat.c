/* Letters, words and lines of a text. */
#include <stdio.h>
#include <ctype.h>
#include <string.h>

struct stats {
    int letters, words, lines, digits;
    int longest;
};

static int frequency[26];

struct stats count(const char *text) {
    struct stats s = {0, 0, 0, 0, 0};
    int in_word = 0;
    for (; *text; text++) {
        if (isalpha((unsigned char)*text)) {
            s.letters++;
            frequency[tolower((unsigned char)*text) - 'a']++;
        }
        if (isdigit((unsigned char)*text)) s.digits++;
        if (*text == '\n') s.lines++;
        if (isspace((unsigned char)*text)) {
            in_word = 0;
        } else {
            if (!in_word) s.words++;
            in_word++;
            if (in_word > s.longest) s.longest = in_word;
        }
    }
    return s;
}

char most_frequent(void) {
    int best = 0;
    for (int i = 1; i < 26; i++)
        if (frequency[i] > frequency[best]) best = i;
    return (char)('a' + best);
}

void histogram(void) {
    for (int i = 0; i < 26; i++) {
        if (!frequency[i]) continue;
        printf("%c: ", 'a' + i);
        for (int j = 0; j < frequency[i] && j < 40; j++) putchar('*');
        putchar('\n');
    }
}

double average(const char *text) {
    struct stats s = count(text);
    return s.words ? (double)s.letters / s.words : 0;
}

int grade(int score, char *out, int size) {
    const char *word = score > 90 ? "excellent" : score > 50 ? "good" : "poor";
    return snprintf(out, (size_t)size, "%d points: %s", score, word);
}

int main(void) {
    const char *text = "It was the best of times,\nit was the worst of times.\n";
    struct stats s = count(text);
    printf("%d letters, %d words, %d lines\n", s.letters, s.words, s.lines);
    printf("longest word: %d, average %.1f, most frequent '%c'\n", s.longest, average(text), most_frequent());
    histogram();
    char buffer[40];
    grade(s.words * 7, buffer, sizeof buffer);
    puts(buffer);
    return 0;
}
