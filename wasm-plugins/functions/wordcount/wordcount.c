// SPDX-License-Identifier: Apache-2.0

// A function of ABI wasi: counts the lines, words and bytes of the text on
// stdin and prints them as JSON with the most frequent words. The same file
// compiles natively for its tests.

#define _POSIX_C_SOURCE 200809L

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// An event must be shorter than this; the limit keeps memory bounded.
#define MAX_INPUT (16u << 20)
#define TOP 5

struct word {
  const unsigned char *text;
  size_t length;
  uint64_t count;
};

struct table {
  struct word *slots;
  size_t capacity; // a power of two
  size_t used;
};

static void fail(const char *message) {
  fprintf(stderr, "wordcount: %s\n", message);
  exit(1);
}

static void *allocate(size_t count, size_t size) {
  void *p = calloc(count, size);
  if (p == NULL)
    fail("out of memory: raise limits.memory");
  return p;
}

// Returns the length of the UTF-8 character at the start of text, or 0 if the
// bytes are not UTF-8. Overlong forms and surrogates do no harm here.
static size_t character(const unsigned char *text, size_t length) {
  static const unsigned char lengths[] = {2, 2, 3, 4};
  if (text[0] < 0x80)
    return 1;
  if (text[0] < 0xc2 || text[0] > 0xf4)
    return 0;
  size_t n = lengths[(text[0] >> 4) - 0xc];
  for (size_t i = 1; i < n; i++)
    if (i >= length || (text[i] & 0xc0) != 0x80)
      return 0;
  return n;
}

// Letters, digits and apostrophes make words, and so does everything beyond
// ASCII except the Latin-1 signs and the general punctuation (U+00A0 to U+00BF,
// U+2000 to U+206F).
static int is_word(const unsigned char *c) {
  if (c[0] >= 0x80)
    return c[0] != 0xc2 && (c[0] != 0xe2 || c[1] > 0x81);
  return (c[0] >= 'a' && c[0] <= 'z') || (c[0] >= 'A' && c[0] <= 'Z') ||
         (c[0] >= '0' && c[0] <= '9') || c[0] == '\'';
}

static unsigned char lower(unsigned char c) {
  return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static struct word *slot(struct table *t, const unsigned char *text,
                         size_t length) {
  uint64_t hash = 14695981039346656037u; // FNV-1a
  for (size_t i = 0; i < length; i++)
    hash = (hash ^ text[i]) * 1099511628211u;
  size_t at = hash & (t->capacity - 1);
  while (t->slots[at].text != NULL &&
         (t->slots[at].length != length ||
          memcmp(t->slots[at].text, text, length) != 0))
    at = (at + 1) & (t->capacity - 1);
  return &t->slots[at];
}

static void grow(struct table *t) {
  struct table bigger = {NULL, t->capacity == 0 ? 256 : 2 * t->capacity,
                         t->used};
  bigger.slots = allocate(bigger.capacity, sizeof *bigger.slots);
  for (size_t i = 0; i < t->capacity; i++)
    if (t->slots[i].text != NULL)
      *slot(&bigger, t->slots[i].text, t->slots[i].length) = t->slots[i];
  free(t->slots);
  *t = bigger;
}

static void add(struct table *t, const unsigned char *text, size_t length) {
  if (2 * (t->used + 1) > t->capacity)
    grow(t);
  struct word *w = slot(t, text, length);
  if (w->text == NULL) {
    w->text = text;
    w->length = length;
    t->used++;
  }
  w->count++;
}

// Most frequent first; equal counts in byte order, so that every run and every
// engine prints the same.
static int before(const struct word *a, const struct word *b) {
  if (a->count != b->count)
    return a->count > b->count;
  size_t n = a->length < b->length ? a->length : b->length;
  int order = memcmp(a->text, b->text, n);
  return order != 0 ? order < 0 : a->length < b->length;
}

static size_t top(const struct table *t, const struct word *best[TOP]) {
  size_t n = 0;
  for (size_t i = 0; i < t->capacity; i++) {
    const struct word *w = &t->slots[i];
    if (w->text == NULL || (n == TOP && !before(w, best[TOP - 1])))
      continue;
    size_t at = n < TOP ? n++ : TOP - 1;
    for (; at > 0 && before(w, best[at - 1]); at--)
      best[at] = best[at - 1];
    best[at] = w;
  }
  return n;
}

// Reads with read, not fread: wasi-libc's fread asks for two buffers at once,
// and Wasmer leaves a hole between them when a pipe fills the first in part.
static unsigned char *read_all(int in, size_t *length) {
  size_t capacity = 64 << 10, n = 0;
  unsigned char *buffer = allocate(capacity, 1);
  for (;;) {
    ssize_t got = read(in, buffer + n, capacity - n);
    if (got < 0)
      fail("reading stdin failed");
    if (got == 0)
      break;
    n += (size_t)got;
    if (n < capacity)
      continue;
    if (capacity >= MAX_INPUT)
      fail("the event has 16 MiB or more");
    capacity *= 2;
    buffer = realloc(buffer, capacity);
    if (buffer == NULL)
      fail("out of memory: raise limits.memory");
  }
  *length = n;
  return buffer;
}

int main(void) {
  size_t length;
  unsigned char *text = read_all(STDIN_FILENO, &length);
  struct table table = {NULL, 0, 0};
  uint64_t lines = 0, words = 0;
  for (size_t i = 0, start = 0; i <= length;) {
    size_t n = i < length ? character(text + i, length - i) : 1;
    if (n == 0)
      fail("the event is not UTF-8 text");
    if (i < length && is_word(text + i)) {
      text[i] = lower(text[i]);
      i += n;
      continue;
    }
    if (i > start) {
      add(&table, text + start, i - start);
      words++;
    }
    lines += i < length && text[i] == '\n';
    i += n;
    start = i;
  }
  // A last line without its newline is a line.
  lines += length > 0 && text[length - 1] != '\n';

  printf("{\"lines\":%llu,\"words\":%llu,\"bytes\":%llu,\"distinct\":%llu,"
         "\"top\":[",
         (unsigned long long)lines, (unsigned long long)words,
         (unsigned long long)length, (unsigned long long)table.used);
  const struct word *best[TOP];
  size_t n = top(&table, best);
  for (size_t i = 0; i < n; i++)
    // Words contain no quotes, backslashes or control characters.
    printf("%s{\"word\":\"%.*s\",\"count\":%llu}", i == 0 ? "" : ",",
           (int)best[i]->length, (const char *)best[i]->text,
           (unsigned long long)best[i]->count);
  printf("]}\n");
  free(table.slots);
  free(text);
  return fflush(stdout) != 0 || ferror(stdout);
}
