using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Modules;

public class ModuleTests
{
    [Fact]
    public void Components_register_under_the_names_of_their_fields()
    {
        using var block = new Block();
        string[] names = [.. block.named_parameters().Select(p => p.name)];
        string[] expected = ["gain", "layers.0.bias", "layers.0.weight", "layers.1.weight", "proj.bias", "proj.weight"];
        Assert.Equal(expected, names.Order(StringComparer.Ordinal));
        Assert.Equal(["offset"], block.named_buffers().Select(b => b.name));
        Assert.Equal(["layers", "proj"], block.named_children().Select(c => c.name).Order(StringComparer.Ordinal));
        Assert.Equal(["layers", "layers.0", "layers.1", "proj"], block.named_modules().Select(m => m.name).Order(StringComparer.Ordinal));
        Assert.Equal(names.Order(), block.state_dict().Keys.Where(k => k != "offset").Order());
        Assert.True(block.has_parameter("layers.1.weight"));
        Assert.False(block.has_parameter("layers.2.weight"));
        Assert.Same(block.get_parameter("gain"), block.Gain);
        Assert.True(block.has_buffer("offset"));
        Assert.Equal("block", block.GetName());
    }

    [Fact]
    public void A_state_loads_by_name()
    {
        using var source = new Block();
        using var target = new Block();
        (IList<string> missing, IList<string> unexpected) = target.load_state_dict(source.state_dict());
        Assert.Empty(missing);
        Assert.Empty(unexpected);
        using Tensor x = randn(2, 3);
        Check.Close(source.call(x), target.call(x));

        Dictionary<string, Tensor> partial = source.state_dict();
        partial.Remove("gain");
        partial["other"] = zeros(1);
        Assert.Throws<InvalidOperationException>(() => target.load_state_dict(partial));
        (missing, unexpected) = target.load_state_dict(partial, strict: false);
        Assert.Equal((IEnumerable<string>)["gain"], missing);
        Assert.Equal((IEnumerable<string>)["other"], unexpected);
    }

    [Fact]
    public void Moving_to_another_type_replaces_parameters_everywhere()
    {
        using var block = new Block();
        Parameter before = block.Gain;
        block.call(randn(2, 3)).sum().backward();
        Assert.Same(block, block.to(float64));
        Assert.True(before.IsInvalid);
        Assert.All(block.parameters(), p => Assert.Equal(ScalarType.Float64, p.dtype));
        Assert.Equal(ScalarType.Float64, block.get_buffer("offset")!.dtype);
        Assert.Same(block.Gain, block.get_parameter("gain"));
        Assert.NotNull(block.Gain.grad);
        Assert.Equal(ScalarType.Float64, block.call(randn([2, 3], float64)).dtype);
        Assert.Throws<ArgumentException>(() => block.to(int64));
        Assert.Same(block, block.cpu());
    }

    [Fact]
    public void Training_and_gradients_are_set_for_all()
    {
        using var block = new Block();
        block.eval();
        Assert.All(block.modules(), m => Assert.False(m.training));
        block.train();
        Assert.All(block.modules(), m => Assert.True(m.training));
        block.call(randn(2, 3)).sum().backward();
        block.zero_grad(set_to_none: false);
        Check.Close([0], block.Gain.grad!);
        block.zero_grad();
        Assert.Null(block.Gain.grad);
        int count = 0;
        block.apply(_ => count++);
        Assert.Equal(5, count);
    }

    [Fact]
    public void Disposing_a_module_disposes_its_parameters()
    {
        var block = new Block();
        Parameter[] all = [.. block.parameters()];
        block.Dispose();
        Assert.All(all, p => Assert.True(p.IsInvalid));
    }

    [Fact]
    public void Registration_by_hand_is_checked()
    {
        using var block = new Block();
        Assert.Throws<InvalidOperationException>(() => block.register_parameter("gain", nn.Parameter(zeros(1))));
        Assert.Throws<ArgumentException>(() => block.register_module("a.b", nn.Linear(1, 1)));
        Assert.Throws<ArgumentException>(() => block.register_module("", nn.Linear(1, 1)));
        Assert.Throws<ArgumentNullException>(() => block.register_buffer("none", null!));
        block.register_module("extra", nn.Linear(1, 1));
        Assert.True(block.has_parameter("extra.bias"));
        block.register_buffer("hidden", zeros(1), persistent: false);
        Assert.DoesNotContain("hidden", block.state_dict().Keys);
    }

    [Fact]
    public void Layers_outlive_the_scope_they_were_made_in()
    {
        Linear linear;
        using (NewDisposeScope()) linear = nn.Linear(2, 2);
        Assert.False(linear.weight.IsInvalid);
        linear.Dispose();
    }

    [Fact]
    public void Modules_of_several_inputs()
    {
        using var sum = new Sum();
        Assert.Equal(6, sum.call(tensor(1.0), tensor(2.0), tensor(3.0)).ToDouble());
    }

    private sealed class Sum() : nn.Module<Tensor, Tensor, Tensor, Tensor>("sum")
    {
        public override Tensor forward(Tensor input1, Tensor input2, Tensor input3) => input1 + input2 + input3;
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Linear proj = nn.Linear(3, 4);
        private readonly ModuleList<Linear> layers = nn.ModuleList(nn.Linear(4, 4), nn.Linear(4, 2, hasBias: false));
        private readonly Tensor offset = ones(2);

        [ComponentName(Name = "gain")]
        private Parameter _gain = nn.Parameter(ones(1));

        internal Block()
            : base("block") => RegisterComponents();

        internal Parameter Gain => _gain;

        public override Tensor forward(Tensor input) => (layers[1].call(layers[0].call(proj.call(input))) + get_buffer("offset")!) * _gain;
    }
}
