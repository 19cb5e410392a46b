# The parts Lamppost stands on, all from Debian's packages. find_library keeps cross builds simple:
# Debian's multiarch puts each architecture's libraries where CMake looks first.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)

function(lamppost_part target header)
  find_path(${target}_INCLUDE ${header} REQUIRED)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE ${${target}_INCLUDE})
  foreach(name IN LISTS ARGN)
    find_library(${target}_${name}_LIBRARY ${name} REQUIRED)
    target_link_libraries(${target} INTERFACE ${${target}_${name}_LIBRARY})
  endforeach()
endfunction()

lamppost_part(part_toml toml++/toml.h)
lamppost_part(part_cbor cbor.h cbor)
lamppost_part(part_paho mqtt/async_client.h paho-mqttpp3 paho-mqtt3as)
lamppost_part(part_coap coap3/coap.h coap-3-openssl)
