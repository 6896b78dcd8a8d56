#include "panel/hdf5_disk.h"

#include <algorithm>
#include <memory>

#if H5_VERSION_GE(1, 13, 0)
#include <H5FDdevelop.h>
#endif

namespace pericore::panel::hdf5 {

void Disk::write(std::uint64_t offset, std::string_view bytes) {
  size_ = std::max(size_, offset + bytes.size());
  if (!abandoned_) {
    try {
      file_.write_at(offset, bytes);
      return;
    } catch (const IoError& failure) {
      failure_ = failure;
      abandoned_ = true;
    }
  }
  keep(offset, bytes);
}

void Disk::keep(std::uint64_t offset, std::string_view bytes) {
  while (!bytes.empty()) {
    const std::uint64_t number = offset / page_size;
    const std::size_t start = offset % page_size;
    const std::size_t length = std::min(bytes.size(), page_size - start);
    const auto [page, is_new] = pages_.try_emplace(number);
    if (is_new) read_file(number * page_size, page->second);
    std::ranges::copy(bytes.substr(0, length), page->second.begin() + static_cast<std::ptrdiff_t>(start));
    bytes.remove_prefix(length);
    offset += length;
  }
}

void Disk::read_file(std::uint64_t offset, std::span<char> bytes) const {
  std::size_t got = 0;
  try {
    got = file_.read_at(offset, bytes);
  } catch (const IoError&) {
    if (!abandoned_) throw;  // of a file given up only its closing matters
  }
  std::ranges::fill(bytes.subspan(got), '\0');
}

void Disk::read(std::uint64_t offset, std::span<char> bytes) const {
  read_file(offset, bytes);
  const std::uint64_t end = offset + bytes.size();
  for (auto page = pages_.lower_bound(offset / page_size); page != pages_.end() && page->first * page_size < end;
       ++page) {
    const std::uint64_t first = std::max(offset, page->first * page_size);
    const std::uint64_t last = std::min(end, (page->first + 1) * page_size);
    const auto source = page->second.begin() + static_cast<std::ptrdiff_t>(first - page->first * page_size);
    std::copy_n(source, last - first, bytes.begin() + static_cast<std::ptrdiff_t>(first - offset));
  }
}

void Disk::resize(std::uint64_t size) {
  size_ = size;
  if (abandoned_) return;
  try {
    file_.resize(size);
  } catch (const IoError& failure) {
    failure_ = failure;
    abandoned_ = true;
  }
}

namespace {

/// What HDF5 knows of an open file: its own part comes first.
struct OpenFile {
  H5FD_t common;
  Disk* disk;
  haddr_t end_of_addresses;
};

OpenFile& of(H5FD_t* file) { return *reinterpret_cast<OpenFile*>(file); }
const OpenFile& of(const H5FD_t* file) { return *reinterpret_cast<const OpenFile*>(file); }

H5FD_t* open_disk(const char*, unsigned, hid_t access, haddr_t) {
  const auto* disk = static_cast<Disk* const*>(H5Pget_driver_info(access));
  if (disk == nullptr) return nullptr;
  auto file = std::make_unique<OpenFile>();
  file->disk = *disk;
  return &file.release()->common;
}

herr_t close_disk(H5FD_t* file) {
  delete &of(file);
  return 0;
}

int compare(const H5FD_t* a, const H5FD_t* b) {
  const std::less<> before;
  return before(of(a).disk, of(b).disk) ? -1 : static_cast<int>(before(of(b).disk, of(a).disk));
}

herr_t features(const H5FD_t*, unsigned long* flags) {
  *flags = H5FD_FEAT_AGGREGATE_METADATA | H5FD_FEAT_ACCUMULATE_METADATA | H5FD_FEAT_DATA_SIEVE |
           H5FD_FEAT_AGGREGATE_SMALLDATA;
  return 0;
}

haddr_t end_of_addresses(const H5FD_t* file, H5FD_mem_t) { return of(file).end_of_addresses; }

herr_t set_end_of_addresses(H5FD_t* file, H5FD_mem_t, haddr_t address) {
  of(file).end_of_addresses = address;
  return 0;
}

haddr_t end_of_file(const H5FD_t* file, H5FD_mem_t) { return of(file).disk->size(); }

herr_t read_disk(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, void* buffer) {
  try {
    of(file).disk->read(address, {static_cast<char*>(buffer), size});
    return 0;
  } catch (const IoError&) {
    return -1;
  }
}

herr_t write_disk(H5FD_t* file, H5FD_mem_t, hid_t, haddr_t address, std::size_t size, const void* buffer) {
  of(file).disk->write(address, {static_cast<const char*>(buffer), size});
  return 0;
}

herr_t truncate_disk(H5FD_t* file, hid_t, hbool_t) {
  OpenFile& open = of(file);
  if (open.disk->size() != open.end_of_addresses) open.disk->resize(open.end_of_addresses);
  return 0;
}

hid_t register_driver() {
  static const H5FD_class_t driver = [] {
    H5FD_class_t made{};
#if H5_VERSION_GE(1, 13, 0)
    made.version = H5FD_CLASS_VERSION;
    made.value =
        512;  // the first free for drivers that are not registered with The HDF Group; used in this process only
#endif
    made.name = "pericore_disk";
    made.maxaddr = (haddr_t{1} << 62) - 1;
    made.fc_degree = H5F_CLOSE_WEAK;
    made.fapl_size = sizeof(Disk*);
    made.open = open_disk;
    made.close = close_disk;
    made.cmp = compare;
    made.query = features;
    made.get_eoa = end_of_addresses;
    made.set_eoa = set_end_of_addresses;
    made.get_eof = end_of_file;
    made.read = read_disk;
    made.write = write_disk;
    made.truncate = truncate_disk;
    constexpr std::array<H5FD_mem_t, H5FD_MEM_NTYPES> raw_apart = H5FD_FLMAP_DICHOTOMY;
    std::ranges::copy(raw_apart, made.fl_map);
    return made;
  }();
  return H5FDregister(&driver);
}

}  // namespace

Handle access_properties(Disk& disk) {
  static const hid_t driver = check(register_driver());
  Handle properties(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  Disk* pointer = &disk;
  check(H5Pset_driver(properties, driver, &pointer));
  return properties;
}

}  // namespace pericore::panel::hdf5
