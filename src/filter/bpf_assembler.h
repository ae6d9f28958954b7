// Makes programs of classic BPF from their end, so that every jump knows where it leads and how far that is. Labels are
// places in the program being made; what is put stands before what was put earlier. Beyond kMaxBpfInstructions it
// puts nothing more and says so. Pure.
#pragma once

#include "filter/bpf.h"

namespace holter::filter {

class BpfAssembler {
 public:
  using Label = std::size_t;  // how many instructions stand from there to the end

  BpfAssembler();

  Label accept() const { return 2; }  // with the whole frame
  Label reject() const { return 1; }
  // Of what was put last.
  Label here() const { return reversed_.size(); }

  void load(std::uint32_t offset, std::uint8_t bytes);
  void load_length() { put({0x80, 0, 0, 0}); }
  void shift_right(std::uint32_t bits) { put({0x74, 0, 0, bits}); }
  void mask(std::uint32_t bits) { put({0x54, 0, 0, bits}); }
  void subtract(std::uint32_t value) { put({0x14, 0, 0, value}); }
  void copy_to_x() { put({0x07, 0, 0, 0}); }
  void load_behind_x(std::uint32_t offset, std::uint8_t bytes);
  void load_ipv4_header_length_to_x(std::uint32_t offset) { put({0xb1, 0, 0, offset}); }
  void exclusive_or_x() { put({0xac, 0, 0, 0}); }
  void multiply(std::uint32_t value) { put({0x24, 0, 0, value}); }
  void modulo(std::uint32_t value) { put({0x94, 0, 0, value}); }
  void return_loaded() { put({0x16, 0, 0, 0}); }
  // What is loaded == value, and so on.
  void if_equal(std::uint32_t value, Label then, Label otherwise) { branch(0x15, value, then, otherwise); }
  void if_above(std::uint32_t value, Label then, Label otherwise) { branch(0x25, value, then, otherwise); }
  void if_at_least(std::uint32_t value, Label then, Label otherwise) { branch(0x35, value, then, otherwise); }
  void if_any_bit(std::uint32_t bits, Label then, Label otherwise) { branch(0x45, bits, then, otherwise); }
  void if_at_least_x(Label then, Label otherwise) { branch(0x3d, 0, then, otherwise); }
  void go(Label to);

  bool overflown() const { return overflown_; }
  BpfProgram take();

 private:
  void put(const BpfInstruction& instruction);
  void branch(std::uint16_t code, std::uint32_t k, Label then, Label otherwise);

  BpfProgram reversed_;
  bool overflown_ = false;
};

}  // namespace holter::filter
