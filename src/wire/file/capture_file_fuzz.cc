// libFuzzer: any bytes as a capture file, fed in two chunks; what it reads is decoded and written again, and the copy
// must hold the same frames.
#include "wire/dispatch.h"
#include "wire/file/capture_file.h"
#include "wire/file/pcapng_writer.h"

namespace {

using namespace holter;

std::uint64_t read(base::Bytes file, std::size_t half, base::ByteWriter* copy) {
  wire::CaptureFileReader reader;
  for (const base::Bytes chunk : {file.first(half), file.subspan(half)}) {
    reader.feed(chunk);
    for (;;) {
      const auto frame = reader.next();
      if (!frame) return reader.frames();
      if (!*frame) break;
      if ((*frame)->bytes.size() > file.size()) __builtin_trap();
      (void)reader.interface_name(**frame);
      (void)wire::decode((*frame)->bytes, (*frame)->original_length, wire::link_type_of_pcap((*frame)->linktype));
      const auto at = (*frame)->captured_at.value_or(base::PacketTime());
      if (copy != nullptr) wire::write_pcapng_frame(*copy, 0, {at, (*frame)->bytes, (*frame)->original_length});
    }
  }
  (void)reader.finish();
  return reader.frames();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  base::ByteWriter copy;
  wire::write_pcapng_section(copy, "fuzz", "");
  wire::write_pcapng_interface(copy, {"lo"});
  const std::uint64_t frames = read({data, size}, data[size - 1] % size, &copy);
  if (read(copy.view(), copy.size() / 2, nullptr) != frames) __builtin_trap();
  return 0;
}
