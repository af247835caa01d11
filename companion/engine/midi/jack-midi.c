/*
 * A MIDI port on JACK (and on PipeWire, which answers to the same names), both ways and to the frame: what is sent waits in a ring until the cycle in
 * which its instant lies, and leaves at that frame of it; what comes in is stamped with its own frame. JACK's callback allocates nothing and takes
 * no lock; a thread that sleeps on a semaphore tells JavaScript that something has come.
 *
 * libjack is opened when the port is, so that this loads, and says so, where there is none. Declared here is only what is used of its API
 * (jackaudio.org/api, stable since 0.116).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <node_api.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct jack_client jack_client_t;
typedef struct jack_port jack_port_t;
typedef uint32_t jack_nframes_t;
typedef uint64_t jack_time_t;
typedef struct {
  jack_nframes_t time;
  size_t size;
  unsigned char *buffer;
} jack_midi_event_t;

enum { JACK_NO_START_SERVER = 1 };
enum { JACK_PORT_IS_INPUT = 1, JACK_PORT_IS_OUTPUT = 2 };
#define JACK_MIDI "8 bit raw midi"

#define JACK_API(X)                                                                                              \
  X(jack_client_t *, jack_client_open, (const char *, int, int *, ...))                                          \
  X(int, jack_client_close, (jack_client_t *))                                                                   \
  X(int, jack_activate, (jack_client_t *))                                                                       \
  X(jack_port_t *, jack_port_register, (jack_client_t *, const char *, const char *, unsigned long, unsigned long)) \
  X(void *, jack_port_get_buffer, (jack_port_t *, jack_nframes_t))                                               \
  X(int, jack_set_process_callback, (jack_client_t *, int (*)(jack_nframes_t, void *), void *))                  \
  X(void, jack_on_shutdown, (jack_client_t *, void (*)(void *), void *))                                         \
  X(jack_nframes_t, jack_last_frame_time, (const jack_client_t *))                                               \
  X(jack_nframes_t, jack_time_to_frames, (const jack_client_t *, jack_time_t))                                   \
  X(jack_time_t, jack_frames_to_time, (const jack_client_t *, jack_nframes_t))                                   \
  X(jack_time_t, jack_get_time, (void))                                                                          \
  X(void, jack_midi_clear_buffer, (void *))                                                                      \
  X(int, jack_midi_event_write, (void *, jack_nframes_t, const unsigned char *, size_t))                         \
  X(jack_nframes_t, jack_midi_get_event_count, (void *))                                                         \
  X(int, jack_midi_event_get, (jack_midi_event_t *, void *, uint32_t))                                           \
  X(void, jack_set_error_function, (void (*)(const char *)))                                                     \
  X(void, jack_set_info_function, (void (*)(const char *)))

#define DECLARE(type, name, arguments) static type(*name) arguments;
JACK_API(DECLARE)

#define NAME_MAX_BYTES 128
/* A longer system exclusive is no language of ours: it is left out whole. */
#define MESSAGE_MAX_BYTES 256
/* A power of two: more than a second of all that a port may say or be told. */
#define RING_MESSAGES 2048

typedef struct {
  /* JACK's clock: at which it is to leave, or at which it came. */
  jack_time_t at_us;
  jack_nframes_t frame;
  uint32_t size;
  uint8_t bytes[MESSAGE_MAX_BYTES];
} message_t;

/* From one thread to one other. */
typedef struct {
  message_t *messages;
  _Atomic uint32_t first, end;
} ring_t;

typedef struct {
  jack_client_t *client;
  jack_port_t *input, *output;
  ring_t sent, heard;
  sem_t arrivals;
  pthread_t teller;
  _Atomic bool is_closing, is_gone;
  napi_threadsafe_function listener;
} port_t;

/* Clients of this process whose server has gone, and that are not closed yet: libjack lets no other be opened beside them. */
static _Atomic int gone_clients;

static bool put(ring_t *ring, jack_time_t at_us, jack_nframes_t frame, const uint8_t *bytes, size_t size) {
  uint32_t end = atomic_load_explicit(&ring->end, memory_order_relaxed);
  if (size > MESSAGE_MAX_BYTES || end - atomic_load_explicit(&ring->first, memory_order_acquire) == RING_MESSAGES) return false;
  message_t *message = &ring->messages[end % RING_MESSAGES];
  message->at_us = at_us;
  message->frame = frame;
  message->size = (uint32_t)size;
  memcpy(message->bytes, bytes, size);
  atomic_store_explicit(&ring->end, end + 1, memory_order_release);
  return true;
}

static message_t *next_of(ring_t *ring) {
  uint32_t first = atomic_load_explicit(&ring->first, memory_order_relaxed);
  if (first == atomic_load_explicit(&ring->end, memory_order_acquire)) return NULL;
  return &ring->messages[first % RING_MESSAGES];
}

static void drop(ring_t *ring) {
  atomic_fetch_add_explicit(&ring->first, 1, memory_order_release);
}

static int on_cycle(jack_nframes_t count, void *context) {
  port_t *port = context;
  jack_nframes_t begins = jack_last_frame_time(port->client);
  void *out = jack_port_get_buffer(port->output, count);
  jack_midi_clear_buffer(out);
  jack_nframes_t last = 0;
  for (message_t *message; (message = next_of(&port->sent)) != NULL; drop(&port->sent)) {
    int32_t offset = (int32_t)(jack_time_to_frames(port->client, message->at_us) - begins);
    if (offset >= (int32_t)count) break;
    /* Whatever is late leaves at once, and nothing overtakes. */
    jack_nframes_t at = offset < (int32_t)last ? last : (jack_nframes_t)offset;
    if (jack_midi_event_write(out, at, message->bytes, message->size) != 0) break;
    last = at;
  }
  void *in = jack_port_get_buffer(port->input, count);
  jack_nframes_t events = jack_midi_get_event_count(in);
  jack_midi_event_t event;
  for (jack_nframes_t at = 0; at < events; at++)
    if (jack_midi_event_get(&event, in, at) == 0)
      put(&port->heard, jack_frames_to_time(port->client, begins + event.time), begins + event.time, event.buffer, event.size);
  if (events > 0) sem_post(&port->arrivals);
  return 0;
}

static void on_gone(void *context) {
  if (!atomic_exchange(&((port_t *)context)->is_gone, true)) atomic_fetch_add(&gone_clients, 1);
}

static void *tell(void *context) {
  port_t *port = context;
  for (;;) {
    sem_wait(&port->arrivals);
    if (atomic_load(&port->is_closing)) return NULL;
    /* What comes while JavaScript reads is read with it. */
    while (sem_trywait(&port->arrivals) == 0) continue;
    napi_call_threadsafe_function(port->listener, NULL, napi_tsfn_nonblocking);
  }
}

/* In JavaScript's own thread: hands on everything that has come. */
static void hand_on(napi_env env, napi_value listener, void *context, void *data) {
  (void)data;
  port_t *port = context;
  if (env == NULL || port->client == NULL) return;
  napi_value undefined;
  napi_get_undefined(env, &undefined);
  for (message_t *message; port->client != NULL && (message = next_of(&port->heard)) != NULL;) {
    napi_value arguments[4];
    napi_create_double(env, (double)((int64_t)(jack_get_time() - message->at_us)) / 1000, &arguments[0]);
    napi_create_buffer_copy(env, message->size, message->bytes, NULL, &arguments[1]);
    napi_create_uint32(env, message->frame, &arguments[2]);
    napi_create_double(env, (double)message->at_us / 1000, &arguments[3]);
    drop(&port->heard);
    if (napi_call_function(env, undefined, listener, 4, arguments, NULL) == napi_pending_exception) {
      napi_value error;
      napi_get_and_clear_last_exception(env, &error);
      napi_fatal_exception(env, error);
    }
  }
}

static void shut(port_t *port) {
  if (port->client == NULL) return;
  /* Closing deactivates; of a server that is gone it only frees what is here. */
  jack_client_close(port->client);
  port->client = NULL;
  if (atomic_load(&port->is_gone)) atomic_fetch_sub(&gone_clients, 1);
  atomic_store(&port->is_closing, true);
  sem_post(&port->arrivals);
  pthread_join(port->teller, NULL);
  sem_destroy(&port->arrivals);
  free(port->sent.messages);
  free(port->heard.messages);
}

/* A thread that ends with its port open leaves no client behind. */
static void end(void *context) {
  shut(context);
  free(context);
}

static void keep_silent(const char *message) {
  (void)message;
}

static bool load_jack(void) {
  static bool is_loaded = false;
  if (is_loaded) return true;
  void *library = dlopen("libjack.so.0", RTLD_NOW);
  if (library == NULL) return false;
#define LOAD(type, name, arguments) \
  name = (type(*) arguments)dlsym(library, #name); \
  if (name == NULL) return false;
  JACK_API(LOAD)
  jack_set_error_function(keep_silent);
  jack_set_info_function(keep_silent);
  is_loaded = true;
  return true;
}

static napi_value refuse(napi_env env, const char *code, const char *message) {
  napi_throw_error(env, code, message);
  return NULL;
}

/* send(bytes, inMs): leaves in so many milliseconds, or at once where that is past. false: too long, too many, or the server has gone. */
static napi_value send_bytes(napi_env env, napi_callback_info info) {
  size_t given = 2, size;
  napi_value argument[2], result;
  port_t *port;
  void *bytes;
  double in_ms;
  napi_typedarray_type type;
  napi_get_cb_info(env, info, &given, argument, NULL, (void **)&port);
  if (given != 2 || napi_get_typedarray_info(env, argument[0], &type, &size, &bytes, NULL, NULL) != napi_ok ||
      type != napi_uint8_array || napi_get_value_double(env, argument[1], &in_ms) != napi_ok)
    return refuse(env, "ARGUMENTS", "not bytes and a number");
  bool is_sent = port->client != NULL && !atomic_load(&port->is_gone);
  if (is_sent) is_sent = put(&port->sent, jack_get_time() + (in_ms > 0 ? (jack_time_t)(in_ms * 1000) : 0), 0, bytes, size);
  napi_get_boolean(env, is_sent, &result);
  return result;
}

static napi_value is_there(napi_env env, napi_callback_info info) {
  port_t *port;
  napi_value result;
  napi_get_cb_info(env, info, NULL, NULL, NULL, (void **)&port);
  napi_get_boolean(env, port->client != NULL && !atomic_load(&port->is_gone), &result);
  return result;
}

static napi_value close_port(napi_env env, napi_callback_info info) {
  (void)env;
  port_t *port;
  napi_get_cb_info(env, info, NULL, NULL, NULL, (void **)&port);
  if (port->client == NULL) return NULL;
  shut(port);
  napi_release_threadsafe_function(port->listener, napi_tsfn_abort);
  return NULL;
}

static const char *open_client(port_t *port, const char *name) {
  int status = 0;
  if (atomic_load(&gone_clients) > 0) return "other ports of this program are still of a server that has gone";
  port->client = jack_client_open(name, JACK_NO_START_SERVER, &status);
  if (port->client == NULL) return "no JACK server answers";
  port->input = jack_port_register(port->client, "in", JACK_MIDI, JACK_PORT_IS_INPUT, 0);
  port->output = jack_port_register(port->client, "out", JACK_MIDI, JACK_PORT_IS_OUTPUT, 0);
  port->sent.messages = calloc(RING_MESSAGES, sizeof(message_t));
  port->heard.messages = calloc(RING_MESSAGES, sizeof(message_t));
  jack_set_process_callback(port->client, on_cycle, port);
  jack_on_shutdown(port->client, on_gone, port);
  bool is_whole = port->input != NULL && port->output != NULL && port->sent.messages != NULL && port->heard.messages != NULL;
  if (is_whole && sem_init(&port->arrivals, 0, 0) == 0) {
    if (pthread_create(&port->teller, NULL, tell, port) == 0) {
      if (jack_activate(port->client) == 0) return NULL;
      shut(port);
      return "JACK does not run the port";
    }
    sem_destroy(&port->arrivals);
  }
  jack_client_close(port->client);
  port->client = NULL;
  free(port->sent.messages);
  free(port->heard.messages);
  return "JACK has no port left";
}

/* open(name, listener(agoMs, bytes, frame, jackMs)): a client of that name with the ports `in` and `out`. */
static napi_value open_port(napi_env env, napi_callback_info info) {
  size_t given = 2, length;
  napi_value argument[2], text, result;
  char name[NAME_MAX_BYTES];
  napi_get_cb_info(env, info, &given, argument, NULL, NULL);
  if (given != 2 || napi_get_value_string_utf8(env, argument[0], name, sizeof name, &length) != napi_ok)
    return refuse(env, "ARGUMENTS", "not a name and a listener");
  if (!load_jack()) return refuse(env, "NO_LIBRARY", "libjack is not installed");
  port_t *port = calloc(1, sizeof *port);
  if (port == NULL) return refuse(env, "MEMORY", "no memory");
  napi_create_string_utf8(env, "JACK MIDI", NAPI_AUTO_LENGTH, &text);
  if (napi_create_threadsafe_function(env, argument[1], NULL, text, 0, 1, NULL, NULL, port, hand_on, &port->listener) != napi_ok) {
    free(port);
    return refuse(env, "ARGUMENTS", "not a listener");
  }
  napi_unref_threadsafe_function(env, port->listener);
  const char *why = open_client(port, name);
  if (why != NULL) {
    napi_release_threadsafe_function(port->listener, napi_tsfn_abort);
    free(port);
    return refuse(env, "NO_SERVER", why);
  }
  napi_add_env_cleanup_hook(env, end, port);
  const struct {
    const char *name;
    napi_callback call;
  } methods[] = {{"send", send_bytes}, {"isThere", is_there}, {"close", close_port}};
  napi_create_object(env, &result);
  for (size_t at = 0; at < sizeof methods / sizeof *methods; at++) {
    napi_value method;
    napi_create_function(env, methods[at].name, NAPI_AUTO_LENGTH, methods[at].call, port, &method);
    napi_set_named_property(env, result, methods[at].name, method);
  }
  return result;
}

NAPI_MODULE_INIT() {
  napi_value open;
  napi_create_function(env, "open", NAPI_AUTO_LENGTH, open_port, NULL, &open);
  napi_set_named_property(env, exports, "open", open);
  return exports;
}
