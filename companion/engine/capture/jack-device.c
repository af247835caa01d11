/*
 * The companion's device on JACK (and on PipeWire, which answers to the same names): JACK's callback copies between its ports and rings that are
 * shared with JavaScript, counts, and posts a semaphore on which the device's thread sleeps. Nothing is called back into JavaScript, nothing is
 * allocated and no lock is taken in the callback.
 *
 * libjack is opened when the device is, so that this loads, and says so, where there is none. Declared here is only what is used of its API
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef struct jack_client jack_client_t;
typedef struct jack_port jack_port_t;
typedef uint32_t jack_nframes_t;
typedef struct {
  jack_nframes_t min, max;
} jack_latency_range_t;

enum { JACK_NO_START_SERVER = 1 };
enum { JACK_PORT_IS_INPUT = 1, JACK_PORT_IS_OUTPUT = 2, JACK_PORT_IS_PHYSICAL = 4 };
enum { JACK_CAPTURE_LATENCY = 0, JACK_PLAYBACK_LATENCY = 1 };
#define JACK_AUDIO "32 bit float mono audio"

#define JACK_API(X)                                                                                              \
  X(jack_client_t *, jack_client_open, (const char *, int, int *, ...))                                          \
  X(int, jack_client_close, (jack_client_t *))                                                                   \
  X(int, jack_activate, (jack_client_t *))                                                                       \
  X(jack_port_t *, jack_port_register, (jack_client_t *, const char *, const char *, unsigned long, unsigned long)) \
  X(int, jack_port_unregister, (jack_client_t *, jack_port_t *))                                                 \
  X(void *, jack_port_get_buffer, (jack_port_t *, jack_nframes_t))                                               \
  X(const char *, jack_port_name, (const jack_port_t *))                                                         \
  X(void, jack_port_get_latency_range, (jack_port_t *, int, jack_latency_range_t *))                             \
  X(int, jack_set_process_callback, (jack_client_t *, int (*)(jack_nframes_t, void *), void *))                  \
  X(int, jack_set_buffer_size_callback, (jack_client_t *, int (*)(jack_nframes_t, void *), void *))              \
  X(int, jack_set_xrun_callback, (jack_client_t *, int (*)(void *), void *))                                     \
  X(void, jack_on_shutdown, (jack_client_t *, void (*)(void *), void *))                                         \
  X(jack_nframes_t, jack_get_sample_rate, (jack_client_t *))                                                     \
  X(jack_nframes_t, jack_get_buffer_size, (jack_client_t *))                                                     \
  X(const char **, jack_get_ports, (jack_client_t *, const char *, const char *, unsigned long))                 \
  X(int, jack_connect, (jack_client_t *, const char *, const char *))                                            \
  X(void, jack_free, (void *))                                                                                   \
  X(void, jack_set_error_function, (void (*)(const char *)))                                                     \
  X(void, jack_set_info_function, (void (*)(const char *)))

#define DECLARE(type, name, arguments) static type(*name) arguments;
JACK_API(DECLARE)

/* The words of the control array, as companion/engine/capture/jack-source.node.ts reads them. */
enum { CAPTURED, QUEUED, PLAYED, UNDERRUNS, XRUNS, RATE, PERIOD, IS_GONE, CONTROL_WORDS };

#define INPUTS_MAX 32
#define OUTPUTS_MAX 128
#define NAME_MAX_BYTES 128
/* Every output added and removed, and the machine's own connected, with room to spare. */
#define REQUESTS_MAX 256

/* What is asked of the server: it answers when its graph has turned, which the device's thread does not wait for. */
typedef struct {
  enum { ADD_OUTPUT, REMOVE_OUTPUT, CONNECT_PHYSICAL, END } kind;
  /* Of an output; or how many outputs are connected. */
  uint32_t channel;
  char name[NAME_MAX_BYTES];
} request_t;

typedef struct {
  jack_client_t *client;
  jack_port_t *inputs[INPUTS_MAX];
  uint32_t input_count;
  _Atomic(jack_port_t *) outputs[OUTPUTS_MAX];
  uint32_t output_count;
  /* Planar rings of `frames` frames, a power of two. */
  float *capture, *play;
  uint32_t frames;
  _Atomic int32_t *control;
  sem_t blocks;
  _Atomic uint32_t cycles;
  napi_ref memory[3];
  pthread_t asker;
  pthread_mutex_t mutex;
  pthread_cond_t asked;
  request_t requests[REQUESTS_MAX];
  uint32_t request_first, request_count;
} device_t;

static void copy_in(float *ring, uint32_t frames, uint32_t at, const float *from, uint32_t count) {
  uint32_t place = at & (frames - 1), first = frames - place < count ? frames - place : count;
  memcpy(ring + place, from, first * sizeof(float));
  memcpy(ring, from + first, (count - first) * sizeof(float));
}

static void copy_out(const float *ring, uint32_t frames, uint32_t at, float *to, uint32_t count) {
  uint32_t place = at & (frames - 1), first = frames - place < count ? frames - place : count;
  memcpy(to, ring + place, first * sizeof(float));
  memcpy(to + first, ring, (count - first) * sizeof(float));
}

static int on_cycle(jack_nframes_t count, void *context) {
  device_t *device = context;
  _Atomic int32_t *control = device->control;
  uint32_t captured = (uint32_t)atomic_load_explicit(&control[CAPTURED], memory_order_relaxed);
  for (uint32_t channel = 0; channel < device->input_count; channel++)
    copy_in(device->capture + (size_t)channel * device->frames, device->frames, captured,
            jack_port_get_buffer(device->inputs[channel], count), count);
  atomic_store_explicit(&control[CAPTURED], (int32_t)(captured + count), memory_order_release);

  uint32_t played = (uint32_t)atomic_load_explicit(&control[PLAYED], memory_order_relaxed);
  uint32_t queued = (uint32_t)atomic_load_explicit(&control[QUEUED], memory_order_acquire);
  bool is_there = (int32_t)(queued - played) >= (int32_t)count;
  for (uint32_t channel = 0; channel < device->output_count; channel++) {
    jack_port_t *port = atomic_load_explicit(&device->outputs[channel], memory_order_acquire);
    if (port == NULL) continue;
    float *out = jack_port_get_buffer(port, count);
    if (is_there) copy_out(device->play + (size_t)channel * device->frames, device->frames, played, out, count);
    else memset(out, 0, count * sizeof(float));
  }
  /* What was not there in time is not played later: the place goes on, and whoever queues notices. */
  if (!is_there) atomic_fetch_add_explicit(&control[UNDERRUNS], 1, memory_order_relaxed);
  atomic_store_explicit(&control[PLAYED], (int32_t)(played + count), memory_order_release);
  atomic_fetch_add_explicit(&device->cycles, 1, memory_order_release);
  sem_post(&device->blocks);
  return 0;
}

static int on_period(jack_nframes_t count, void *context) {
  atomic_store(&((device_t *)context)->control[PERIOD], (int32_t)count);
  return 0;
}

static int on_xrun(void *context) {
  atomic_fetch_add(&((device_t *)context)->control[XRUNS], 1);
  return 0;
}

static void on_gone(void *context) {
  device_t *device = context;
  atomic_store(&device->control[IS_GONE], 1);
  sem_post(&device->blocks);
}

static void add_port(device_t *device, uint32_t channel, const char *name) {
  if (atomic_load(&device->outputs[channel]) != NULL) return;
  jack_port_t *port = jack_port_register(device->client, name, JACK_AUDIO, JACK_PORT_IS_OUTPUT, 0);
  atomic_store_explicit(&device->outputs[channel], port, memory_order_release);
}

/* The port is given back once no cycle can be using it. */
static void remove_port(device_t *device, uint32_t channel) {
  jack_port_t *port = atomic_exchange(&device->outputs[channel], NULL);
  if (port == NULL) return;
  uint32_t cycle = atomic_load(&device->cycles);
  /* Two cycles on, the one that may have had it is over; a server that is gone has none. */
  for (int wait = 0; wait < 200 && atomic_load(&device->cycles) - cycle < 2 && !atomic_load(&device->control[IS_GONE]); wait++)
    usleep(500);
  jack_port_unregister(device->client, port);
}

/* The machine's own inputs and loudspeakers, in their order. */
static void connect_ports(device_t *device, uint32_t outputs) {
  const char **sources = jack_get_ports(device->client, NULL, JACK_AUDIO, JACK_PORT_IS_PHYSICAL | JACK_PORT_IS_OUTPUT);
  for (uint32_t at = 0; sources != NULL && sources[at] != NULL && at < device->input_count; at++)
    jack_connect(device->client, sources[at], jack_port_name(device->inputs[at]));
  if (sources != NULL) jack_free(sources);
  const char **sinks = jack_get_ports(device->client, NULL, JACK_AUDIO, JACK_PORT_IS_PHYSICAL | JACK_PORT_IS_INPUT);
  for (uint32_t at = 0; sinks != NULL && sinks[at] != NULL && at < outputs && at < device->output_count; at++) {
    jack_port_t *port = atomic_load(&device->outputs[at]);
    if (port != NULL) jack_connect(device->client, jack_port_name(port), sinks[at]);
  }
  if (sinks != NULL) jack_free(sinks);
}

/* The thread that asks the server, one thing after the other: its socket is for one at a time. */
static void *ask(void *context) {
  device_t *device = context;
  for (;;) {
    pthread_mutex_lock(&device->mutex);
    while (device->request_count == 0) pthread_cond_wait(&device->asked, &device->mutex);
    request_t request = device->requests[device->request_first];
    device->request_first = (device->request_first + 1) % REQUESTS_MAX;
    device->request_count--;
    pthread_mutex_unlock(&device->mutex);
    switch (request.kind) {
      case ADD_OUTPUT: add_port(device, request.channel, request.name); break;
      case REMOVE_OUTPUT: remove_port(device, request.channel); break;
      case CONNECT_PHYSICAL: connect_ports(device, request.channel); break;
      case END: return NULL;
    }
  }
}

static bool request(device_t *device, request_t wanted) {
  pthread_mutex_lock(&device->mutex);
  bool fits = device->client != NULL && device->request_count < REQUESTS_MAX;
  if (fits) device->requests[(device->request_first + device->request_count++) % REQUESTS_MAX] = wanted;
  pthread_cond_signal(&device->asked);
  pthread_mutex_unlock(&device->mutex);
  return fits;
}

static void shut(void *context) {
  device_t *device = context;
  if (device->client == NULL) return;
  /* What is still asked is of no use any more. */
  pthread_mutex_lock(&device->mutex);
  device->request_count = 0;
  pthread_mutex_unlock(&device->mutex);
  request(device, (request_t){.kind = END});
  pthread_join(device->asker, NULL);
  /* Closing deactivates; of a server that is gone it only frees what is here. */
  jack_client_close(device->client);
  device->client = NULL;
  for (uint32_t channel = 0; channel < OUTPUTS_MAX; channel++) atomic_store(&device->outputs[channel], NULL);
}

/* A thread that ends with its device open leaves no client behind. */
static void end(void *context) {
  device_t *device = context;
  shut(device);
  sem_destroy(&device->blocks);
  pthread_mutex_destroy(&device->mutex);
  pthread_cond_destroy(&device->asked);
  free(device);
}

/* What libjack has to say it says to standard error; a refusal is told in a sentence of our own. */
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

static napi_value from_bool(napi_env env, bool value) {
  napi_value result;
  napi_get_boolean(env, value, &result);
  return result;
}

static napi_value from_int(napi_env env, int32_t value) {
  napi_value result;
  napi_create_int32(env, value, &result);
  return result;
}

#define ARGUMENTS(count)                                                    \
  size_t given = count;                                                     \
  napi_value argument[count];                                               \
  device_t *device;                                                         \
  napi_get_cb_info(env, info, &given, argument, NULL, (void **)&device);    \
  if (given != count) return refuse(env, "ARGUMENTS", "wrong number of arguments")

static bool read_text(napi_env env, napi_value from, char *to) {
  size_t length;
  return napi_get_value_string_utf8(env, from, to, NAME_MAX_BYTES, &length) == napi_ok;
}

static bool read_memory(napi_env env, napi_value from, napi_typedarray_type wanted, void **data, size_t *length) {
  napi_typedarray_type type;
  return napi_get_typedarray_info(env, from, &type, length, data, NULL, NULL) == napi_ok && type == wanted;
}

/* open(name, capture: Float32Array, play: Float32Array, inputs, outputs, control: Int32Array): the client, its inputs, and no output yet. */
static napi_value open_device(napi_env env, napi_callback_info info) {
  ARGUMENTS(6);
  if (device->client != NULL) return refuse(env, "OPEN", "the device is open");
  char name[NAME_MAX_BYTES];
  void *capture, *play, *control;
  size_t capture_length, play_length, control_length;
  uint32_t inputs, outputs;
  if (!read_text(env, argument[0], name) || napi_get_value_uint32(env, argument[3], &inputs) != napi_ok ||
      napi_get_value_uint32(env, argument[4], &outputs) != napi_ok ||
      !read_memory(env, argument[1], napi_float32_array, &capture, &capture_length) ||
      !read_memory(env, argument[2], napi_float32_array, &play, &play_length) ||
      !read_memory(env, argument[5], napi_int32_array, &control, &control_length))
    return refuse(env, "ARGUMENTS", "not a name, rings, and control words");
  uint32_t frames = inputs == 0 ? 0 : (uint32_t)(capture_length / inputs);
  if (inputs > INPUTS_MAX || capture_length != (size_t)frames * inputs || outputs == 0 || outputs > OUTPUTS_MAX || frames == 0 || (frames & (frames - 1)) != 0 ||
      play_length != (size_t)frames * outputs || control_length < CONTROL_WORDS)
    return refuse(env, "ARGUMENTS", "rings of other sizes");
  if (!load_jack()) return refuse(env, "NO_LIBRARY", "libjack is not installed");
  int status = 0;
  jack_client_t *client = jack_client_open(name, JACK_NO_START_SERVER, &status);
  if (client == NULL) return refuse(env, "NO_SERVER", "no JACK server answers");

  for (int at = 0; at < 3; at++)
    if (device->memory[at] != NULL) napi_delete_reference(env, device->memory[at]);
  napi_create_reference(env, argument[1], 1, &device->memory[0]);
  napi_create_reference(env, argument[2], 1, &device->memory[1]);
  napi_create_reference(env, argument[5], 1, &device->memory[2]);
  device->capture = capture;
  device->play = play;
  device->frames = frames;
  device->control = control;
  device->input_count = inputs;
  device->output_count = outputs;
  while (sem_trywait(&device->blocks) == 0) continue;
  atomic_store(&device->control[RATE], (int32_t)jack_get_sample_rate(client));
  atomic_store(&device->control[PERIOD], (int32_t)jack_get_buffer_size(client));
  atomic_store(&device->control[IS_GONE], 0);
  for (uint32_t channel = 0; channel < inputs; channel++) {
    char port[16];
    snprintf(port, sizeof port, "in_%u", channel + 1);
    device->inputs[channel] = jack_port_register(client, port, JACK_AUDIO, JACK_PORT_IS_INPUT, 0);
    if (device->inputs[channel] == NULL) {
      jack_client_close(client);
      return refuse(env, "NO_PORT", "JACK has no port left");
    }
  }
  jack_set_process_callback(client, on_cycle, device);
  jack_set_buffer_size_callback(client, on_period, device);
  jack_set_xrun_callback(client, on_xrun, device);
  jack_on_shutdown(client, on_gone, device);
  device->request_first = device->request_count = 0;
  if (pthread_create(&device->asker, NULL, ask, device) != 0) {
    jack_client_close(client);
    return refuse(env, "MEMORY", "no thread");
  }
  device->client = client;
  if (jack_activate(client) != 0) {
    shut(device);
    return refuse(env, "NO_SERVER", "JACK does not run the device");
  }
  return NULL;
}

/* addOutput(channel, name): the ring's channel is heard at a port of that name, in a moment. false: too much is asked at once. */
static napi_value add_output(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  request_t wanted = {.kind = ADD_OUTPUT};
  if (napi_get_value_uint32(env, argument[0], &wanted.channel) != napi_ok || !read_text(env, argument[1], wanted.name) ||
      wanted.channel >= device->output_count)
    return refuse(env, "ARGUMENTS", "not a channel and a name");
  return from_bool(env, request(device, wanted));
}

/* removeOutput(channel): the port of that channel goes, in a moment. */
static napi_value remove_output(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  request_t wanted = {.kind = REMOVE_OUTPUT};
  if (napi_get_value_uint32(env, argument[0], &wanted.channel) != napi_ok || wanted.channel >= device->output_count)
    return refuse(env, "ARGUMENTS", "not a channel");
  return from_bool(env, request(device, wanted));
}

/* connectPhysical(outputs): the machine's own inputs and loudspeakers are connected, those to the first outputs, in a moment. */
static napi_value connect_physical(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  request_t wanted = {.kind = CONNECT_PHYSICAL};
  if (napi_get_value_uint32(env, argument[0], &wanted.channel) != napi_ok) return refuse(env, "ARGUMENTS", "not a number");
  return from_bool(env, request(device, wanted));
}

/* latencyFrames(isPlayback): what lies between the port and the string, or the ear, as JACK knows it. */
static napi_value latency_frames(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  bool is_playback;
  if (napi_get_value_bool(env, argument[0], &is_playback) != napi_ok) return refuse(env, "ARGUMENTS", "not a boolean");
  jack_latency_range_t range = {0, 0};
  jack_port_t *port = is_playback ? atomic_load(&device->outputs[0]) : device->inputs[0];
  if (device->client != NULL && port != NULL && !atomic_load(&device->control[IS_GONE]))
    jack_port_get_latency_range(port, is_playback ? JACK_PLAYBACK_LATENCY : JACK_CAPTURE_LATENCY, &range);
  return from_int(env, (int32_t)range.max);
}

/* wait(milliseconds): sleeps until a cycle was or the time is over; cycles that were missed meanwhile are one. */
static napi_value wait_for_cycle(napi_env env, napi_callback_info info) {
  ARGUMENTS(1);
  int32_t milliseconds;
  if (napi_get_value_int32(env, argument[0], &milliseconds) != napi_ok) return refuse(env, "ARGUMENTS", "not a number");
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_nsec += (long)(milliseconds % 1000) * 1000000L;
  until.tv_sec += milliseconds / 1000 + until.tv_nsec / 1000000000L;
  until.tv_nsec %= 1000000000L;
  bool was = sem_timedwait(&device->blocks, &until) == 0;
  while (sem_trywait(&device->blocks) == 0) was = true;
  return from_bool(env, was);
}

static napi_value close_device(napi_env env, napi_callback_info info) {
  (void)env;
  device_t *device;
  napi_get_cb_info(env, info, NULL, NULL, NULL, (void **)&device);
  shut(device);
  return NULL;
}

NAPI_MODULE_INIT() {
  device_t *device = calloc(1, sizeof *device);
  if (device == NULL || sem_init(&device->blocks, 0, 0) != 0 || pthread_mutex_init(&device->mutex, NULL) != 0 ||
      pthread_cond_init(&device->asked, NULL) != 0)
    return refuse(env, "MEMORY", "no memory");
  napi_add_env_cleanup_hook(env, end, device);
  const struct {
    const char *name;
    napi_callback call;
  } methods[] = {
      {"open", open_device},       {"addOutput", add_output}, {"removeOutput", remove_output}, {"connectPhysical", connect_physical},
      {"latencyFrames", latency_frames}, {"wait", wait_for_cycle},  {"close", close_device},
  };
  for (size_t at = 0; at < sizeof methods / sizeof *methods; at++) {
    napi_value method;
    napi_create_function(env, methods[at].name, NAPI_AUTO_LENGTH, methods[at].call, device, &method);
    napi_set_named_property(env, exports, methods[at].name, method);
  }
  return exports;
}
