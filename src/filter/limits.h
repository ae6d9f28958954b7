// The limits of the filter language: what one expression may cost to compile, keep and evaluate. Beyond them compiling
// ends with a mistake that names the limit.
#pragma once

#include <cstddef>

namespace holter::filter {

inline constexpr std::size_t kMaxExpressionBytes = 4'096;
inline constexpr std::size_t kMaxDepth = 32;           // parentheses and 'not' within each other
inline constexpr std::size_t kMaxTerms = 256;          // comparisons and presence tests
inline constexpr std::size_t kMaxListEntries = 1'024;  // of one list
inline constexpr std::size_t kMaxPatterns = 16;        // regular expressions
inline constexpr std::size_t kMaxTcpdumpExpressions = 16;
inline constexpr std::size_t kMaxPatternMemory = 1UL << 20;  // bytes that RE2 may use for one of them

}  // namespace holter::filter
