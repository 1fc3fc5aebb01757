// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"strconv"
	"strings"
)

// The functions of the host modules that runtimes provide, each name between spaces.
const (
	wasip1Functions = " args_get args_sizes_get environ_get environ_sizes_get clock_res_get clock_time_get" +
		" fd_advise fd_allocate fd_close fd_datasync fd_fdstat_get fd_fdstat_set_flags fd_fdstat_set_rights" +
		" fd_filestat_get fd_filestat_set_size fd_filestat_set_times fd_pread fd_prestat_get fd_prestat_dir_name" +
		" fd_pwrite fd_read fd_readdir fd_renumber fd_seek fd_sync fd_tell fd_write path_create_directory" +
		" path_filestat_get path_filestat_set_times path_link path_open path_readlink path_remove_directory" +
		" path_rename path_symlink path_unlink_file poll_oneoff proc_exit proc_raise random_get sched_yield" +
		" sock_accept sock_recv sock_send sock_shutdown "

	redpandaFunctions = " check_abi_version_1 check_abi_version_2 read_batch_header read_next_record write_record" +
		" write_record_with_options "

	schemaFunctions = " check_abi_version_0 get_schema_definition_len get_schema_definition get_subject_schema_len" +
		" get_subject_schema create_subject_schema "

	extismFunctions = " alloc free load_u8 load_u64 input_load_u8 input_load_u64 store_u8 store_u64 input_set output_set" +
		" input_length input_offset output_length output_offset length length_unsafe reset error_set error_get" +
		" memory_bytes config_get var_get var_set http_request http_status_code http_headers get_log_level" +
		" log_trace log_debug log_info log_warn log_error "

	httpWasmFunctions = " enable_features get_config log log_enabled get_method set_method get_uri set_uri" +
		" get_protocol_version get_header_names get_header_values set_header_value add_header_value remove_header" +
		" read_body write_body get_status_code set_status_code get_source_addr "
)

var (
	hostWASI     = map[string]string{modWASI: wasip1Functions}
	hostRedpanda = map[string]string{modWASI: wasip1Functions, modRedpanda: redpandaFunctions, modSchemas: schemaFunctions}
	hostExtism   = map[string]string{modWASI: wasip1Functions, modExtism: extismFunctions}
	hostHTTPWasm = map[string]string{modWASI: wasip1Functions, modHTTPWasm: httpWasmFunctions}
)

// missing lists the core imports that a host does not provide. The host is a
// map from the names of modules to their functions.
func (in *Info) missing(host map[string]string) (missing []string) {
	seen := map[string]bool{}
	for _, i := range in.Imports {
		name := i.String()
		if i.Kind == "func" && strings.Contains(host[i.Module], " "+i.Name+" ") || seen[name] {
			continue
		}
		seen[name] = true
		if i.Kind != "func" {
			name = i.Kind + " " + name
		}
		missing = append(missing, name)
	}
	return missing
}

// list writes the first few names and how many more there are.
func list(names []string) string { return firstOf(names, 3) }

// firstOf is like list, with a limit of its own.
func firstOf(names []string, shown int) string {
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:shown], ", ") + " and " + strconv.Itoa(len(names)-shown) + " more"
}
