# SPDX-License-Identifier: MIT
# For both sides: what cases say of themselves, and what they left. Runs in the root of the test.
package Cases;
use strict;
use warnings;
use Exporter 'import';
our @EXPORT = qw(cases_of units_of header prepare await is_at_rest slurp report describe refused);

sub slurp {
	my ($path) = @_;
	open(my $in, '<', $path) or return '';
	local $/;
	return scalar(<$in>) // '';
}

# The cases of a group, and the units of a case.
sub cases_of { return split ' ', slurp("/differential/groups/$_[0]") }
sub units_of { return split ' ', slurp("/differential/cases/$_[0]/units") }

# The values of a key, one for each line that has it.
sub header {
	my ($case, $key) = @_;
	return slurp("/differential/cases/$case/header") =~ /^$key: (.*)$/mg;
}

sub prepare {
	for my $case (@_) {
		mkdir "/out/$case";
		chmod 0777, "/out/$case";
		system('sh', '-ec', $_) for header($case, 'before');
	}
}

# await(SECONDS, SUB): until it is true; whether it became so. Polls, for there is no event.
sub await {
	my ($seconds, $there, $pause) = @_;
	my $end = time + $seconds;
	until ($there->()) {
		return 0 if time >= $end;
		select undef, undef, undef, $pause // 0.05;
	}
	return 1;
}

# Whether who made a file is over, and PID 1 knows: a stop would find it in one state or another. A
# probe stays. The words come first: of a zombie there are none.
sub is_at_rest {
	my ($file) = @_;
	for my $process (glob '/proc/[0-9]*') {
		my $words = slurp("$process/cmdline");
		return 0 if index($words, $file) >= 0 && $words !~ m{\0/probe/serve\0};
		return 0 if slurp("$process/stat") =~ /\) Z 1 /;
	}
	return 1;
}

sub printable {
	my ($text) = @_;
	$text =~ s/([^\n -~])/sprintf '\\x%02x', ord $1/ge;
	return $text =~ s/^/  /mgr;
}

sub files_below {
	my ($folder) = @_;
	opendir(my $dir, $folder) or return;
	return map { -l $_ ? () : -d _ ? files_below($_) : -f _ ? $_ : () }
		map { "$folder/$_" } sort grep { !/^\.\.?$/ } readdir $dir;
}

# The files that a case left, and what its `after:` commands say.
sub report {
	my ($case) = @_;
	my $text = '';
	for my $file (files_below("/out/$case")) {
		my $content = slurp($file);
		$text .= substr($file, length "/out/$case/") . ":\n" . printable($content);
		$text .= "\n" if $content ne '' && $content !~ /\n\z/;
	}
	$text .= join '', map { "after: $_" } map { `( $_ ) 2>&1` =~ /.*\n/g } header($case, 'after');
	return $text;
}

# One line for a service, from how it has ended.
sub describe {
	my ($case, $unit, %is) = @_;
	$unit =~ s/^\Q$case\E-//;
	return "$unit: $is{state}, $is{result}, $is{end}, $is{restarts} restarts\n";
}

# For one that has mistakes.
sub refused {
	my ($case, $unit) = @_;
	return $unit =~ s/^\Q$case\E-//r . ": refused\n";
}

1;
