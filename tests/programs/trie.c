/* A set of lower-case words as a trie in an array of nodes. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define NODES 128

struct node {
    uint8_t child[26];
    bool word;
    uint8_t count;
};

static struct node nodes[NODES];
static int used = 1;

void trie_clear(void) {
    memset(nodes, 0, sizeof nodes);
    used = 1;
}

bool trie_add(const char *word) {
    int at = 0;
    for (; *word; word++) {
        if (*word < 'a' || *word > 'z')
            return false;
        uint8_t *next = &nodes[at].child[*word - 'a'];
        if (!*next) {
            if (used >= NODES)
                return false;
            *next = (uint8_t)used++;
        }
        at = *next;
    }
    bool fresh = !nodes[at].word;
    nodes[at].word = true;
    nodes[at].count++;
    return fresh;
}

static int walk(const char *prefix) {
    int at = 0;
    for (; *prefix; prefix++) {
        if (*prefix < 'a' || *prefix > 'z')
            return -1;
        at = nodes[at].child[*prefix - 'a'];
        if (!at)
            return -1;
    }
    return at;
}

bool trie_has(const char *word) {
    int at = walk(word);
    return at >= 0 && nodes[at].word;
}

int trie_times(const char *word) {
    int at = walk(word);
    return at < 0 ? 0 : nodes[at].count;
}

static int words_below(int at) {
    int count = nodes[at].word;
    for (int i = 0; i < 26; i++)
        if (nodes[at].child[i] > at)
            count += words_below(nodes[at].child[i]);
    return count;
}

int trie_completions(const char *prefix) {
    int at = walk(prefix);
    return at < 0 ? 0 : words_below(at);
}
