# Run by cpack over the staged tree: Debian wants man pages and changelogs compressed, without time or name.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
file(COPY ${LAMPPOST_CHANGELOG} DESTINATION ${root}/usr/share/doc/lamppost
  FILE_PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
file(GLOB documents ${root}/usr/share/man/man?/*.[157] ${root}/usr/share/doc/lamppost/changelog
  ${root}/usr/share/doc/lamppost/CHANGELOG.md)
execute_process(COMMAND gzip -9nf ${documents} COMMAND_ERROR_IS_FATAL ANY)
