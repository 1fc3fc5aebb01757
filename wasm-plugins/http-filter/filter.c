// SPDX-License-Identifier: Apache-2.0

// An http-wasm guest for Dapr's middleware.http.wasm: it lets events through and
// answers everything else itself. An event is a POST with JSON; GET passes too,
// for probes. The configuration (guestConfig) may be a path prefix; then only
// paths below it pass.
//
// It has no _start on purpose: Dapr's host calls _start if there is one, and a
// guest that ends there, as those in Go and Rust do, is closed before its first
// request.

#include <stddef.h>
#include <stdint.h>

#define HOST(name)                                                             \
  __attribute__((import_module("http_handler"), import_name(#name)))

HOST(get_config) uint32_t get_config(char *buffer, uint32_t limit);
HOST(get_method) uint32_t get_method(char *buffer, uint32_t limit);
HOST(get_uri) uint32_t get_uri(char *buffer, uint32_t limit);
HOST(get_header_values)
uint64_t get_header_values(uint32_t kind, const char *name, uint32_t length,
                           char *buffer, uint32_t limit);
HOST(set_header_value)
void set_header_value(uint32_t kind, const char *name, uint32_t length,
                      const char *value, uint32_t value_length);
HOST(set_status_code) void set_status_code(uint32_t code);
HOST(write_body)
void write_body(uint32_t kind, const char *body, uint32_t length);

enum { REQUEST = 0, RESPONSE = 1 };
enum { STOP = 0, NEXT = 1 };
#define LIMIT 8192

static char buffer[LIMIT];
static char prefix[LIMIT];

static uint32_t length_of(const char *text) {
  uint32_t n = 0;
  while (text[n] != 0)
    n++;
  return n;
}

// starts ignores ASCII case, as media types require.
static int starts(const char *text, uint32_t length, const char *with,
                  uint32_t with_length) {
  if (length < with_length)
    return 0;
  for (uint32_t i = 0; i < with_length; i++) {
    char c = text[i];
    if (c >= 'A' && c <= 'Z')
      c += 'a' - 'A';
    if (c != with[i])
      return 0;
  }
  return 1;
}

static int is_media_type(const char *value, uint32_t length, const char *type) {
  uint32_t n = length_of(type);
  return starts(value, length, type, n) &&
         (length == n || value[n] == ';' || value[n] == ' ');
}

static uint64_t refuse(uint32_t status, const char *message) {
  static const char name[] = "content-type", value[] = "application/json";
  set_status_code(status);
  set_header_value(RESPONSE, name, sizeof name - 1, value, sizeof value - 1);
  write_body(RESPONSE, message, length_of(message));
  return STOP;
}

static int below_prefix(void) {
  uint32_t n = get_config(prefix, LIMIT);
  if (n == 0)
    return 1;
  uint32_t uri = get_uri(buffer, LIMIT);
  // What does not fit was not copied: too long to match.
  if (n > LIMIT || uri > LIMIT || uri < n)
    return 0;
  for (uint32_t i = 0; i < n; i++)
    if (buffer[i] != prefix[i])
      return 0;
  return 1;
}

__attribute__((export_name("handle_request"))) uint64_t handle_request(void) {
  if (!below_prefix())
    return refuse(404, "{\"error\":\"no events are accepted at this path\"}");
  uint32_t n = get_method(buffer, LIMIT);
  if (n == 3 && starts(buffer, n, "get", 3))
    return NEXT;
  if (n != 4 || !starts(buffer, n, "post", 4))
    return refuse(405, "{\"error\":\"events must be sent by POST\"}");
  static const char name[] = "content-type";
  uint64_t found = get_header_values(REQUEST, name, sizeof name - 1, buffer, LIMIT);
  // The high half is the number of values and the low half their length; each
  // ends in NUL. More than one content type is refused.
  uint32_t count = (uint32_t)(found >> 32), length = (uint32_t)found;
  if (count == 1 && length <= LIMIT &&
      (is_media_type(buffer, length - 1, "application/json") ||
       is_media_type(buffer, length - 1, "application/cloudevents+json")))
    return NEXT;
  return refuse(415, "{\"error\":\"content-type: want application/json or "
                     "application/cloudevents+json\"}");
}

__attribute__((export_name("handle_response"))) void
handle_response(uint32_t context, uint32_t is_error) {
  (void)context;
  (void)is_error;
}
