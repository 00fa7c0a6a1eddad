using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp.Tests.Optimizers;

public class OptimizerTests
{
    // f(p) = (p - 3)² / 2, whose gradient is p - 3, written out in plain numbers for each method.
    private static double Gradient(double p) => p - 3;

    [Theory]
    [InlineData(0.0, false, false)]
    [InlineData(0.1, false, false)]
    [InlineData(0.1, true, false)]
    [InlineData(0.0, false, true)]
    public void AdamW_takes_the_papers_steps(double decay, bool amsgrad, bool maximize)
    {
        double[] expected = Adam(10, decay, amsgrad, maximize, decoupled: true);
        Parameter p = Start();
        using AdamW optimizer = optim.AdamW([p], 0.1, weight_decay: decay, amsgrad: amsgrad, maximize: maximize);
        Check.Close([expected[^1]], Descend(optimizer, p, 10), 1e-9);
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.1, true)]
    public void Adam_takes_the_papers_steps(double decay, bool amsgrad)
    {
        double[] expected = Adam(10, decay, amsgrad, maximize: false, decoupled: false);
        Parameter p = Start();
        using Adam optimizer = optim.Adam([p], 0.1, weight_decay: decay, amsgrad: amsgrad);
        Check.Close([expected[^1]], Descend(optimizer, p, 10), 1e-9);
    }

    [Theory]
    [InlineData(0.0, 0.0, false)]
    [InlineData(0.9, 0.0, false)]
    [InlineData(0.9, 0.5, false)]
    [InlineData(0.9, 0.0, true)]
    public void SGD_takes_the_usual_steps(double momentum, double dampening, bool nesterov)
    {
        double p = 1, buffer = 0;
        for (int i = 0; i < 10; i++)
        {
            double g = Gradient(p) + (0.01 * p);
            buffer = i == 0 ? g : (momentum * buffer) + ((1 - dampening) * g);
            p -= 0.1 * (momentum == 0 ? g : nesterov ? g + (momentum * buffer) : buffer);
        }
        Parameter parameter = Start();
        using SGD optimizer = optim.SGD([parameter], 0.1, momentum, dampening, 0.01, nesterov);
        Check.Close([p], Descend(optimizer, parameter, 10), 1e-9);
    }

    [Fact]
    public void Groups_have_options_of_their_own()
    {
        Parameter a = Start(), b = Start();
        var still = new AdamW.ParamGroup { Parameters = [a], Options = new AdamW.Options { LearningRate = 0 } };
        using AdamW optimizer = optim.AdamW([still, new AdamW.ParamGroup([b], lr: 0.5)]);
        Descend(optimizer, a, 1, b);
        Check.Close([1], a);
        Check.Close([1.5], b, 1e-6);
        Assert.Equal([0, 0.5], optimizer.ParamGroups.Select(g => g.LearningRate));
        optimizer.ParamGroups.First().LearningRate = 0.25;
        Descend(optimizer, a, 1, b);
        Assert.True(a.ToDouble() > 1.1);
        Assert.Equal(2, optimizer.parameters().Count());
    }

    [Fact]
    public void A_parameter_without_gradient_is_left_alone()
    {
        Parameter a = Start(), idle = Start();
        using AdamW optimizer = optim.AdamW([a, idle], 0.1, weight_decay: 0.1);
        Descend(optimizer, a, 3);
        Check.Close([1], idle);
        idle.grad = ones_like(idle);
        optimizer.step();
        // Its own first step: the bias correction is that of one step, so it moves by the learning rate.
        Check.Close([(1 * (1 - 0.01)) - 0.1], idle, 1e-6);
    }

    [Fact]
    public void Zero_grad_keeps_the_gradients_allocated()
    {
        Parameter a = Start();
        using SGD optimizer = optim.SGD([a], 0.1);
        a.grad = ones_like(a);
        optimizer.zero_grad();
        Check.Close([0], a.grad);
    }

    [Fact]
    public void A_closure_computes_the_loss()
    {
        Parameter a = Start();
        using SGD optimizer = optim.SGD([a], 0.1);
        Tensor? loss = optimizer.step(() =>
        {
            Tensor value = (a * a).sum();
            value.backward();
            return value;
        });
        Assert.Equal(1, loss!.ToDouble());
        Check.Close([0.8], a);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_saved_state_continues_where_it_stopped(bool decoupled)
    {
        OptimizerHelper Make(Parameter parameter, double rate) =>
            decoupled ? new AdamW([parameter], rate, amsgrad: true) : new Adam([parameter], rate, weight_decay: 0.1, amsgrad: true);
        Parameter straight = Start(), resumed = Start();
        using OptimizerHelper whole = Make(straight, 0.1);
        Descend(whole, straight, 10);

        using OptimizerHelper first = Make(resumed, 0.1);
        Descend(first, resumed, 4);
        var stream = new MemoryStream();
        first.save_state_dict(new BinaryWriter(stream));
        using OptimizerHelper second = Make(resumed, 0.7);
        stream.Position = 0;
        second.load_state_dict(new BinaryReader(stream));
        Assert.True(second.state_dict().State[0].ApproximatelyEquals(first.state_dict().State[0]));
        Descend(second, resumed, 3);
        using OptimizerHelper third = Make(resumed, 0.7);
        third.load_state_dict(second.state_dict());
        Descend(third, resumed, 3);
        Check.Close(straight, resumed, 1e-12);

        stream.Position = 0;
        using SGD other = optim.SGD([resumed], 0.1);
        Assert.Throws<InvalidDataException>(() => other.load_state_dict(new BinaryReader(stream)));
    }

    [Fact]
    public void Wrong_settings_are_refused()
    {
        Assert.Throws<ArgumentException>(() => optim.AdamW([Start()], lr: -1));
        Assert.Throws<ArgumentException>(() => optim.Adam([Start()], beta1: 1));
        Assert.Throws<ArgumentException>(() => optim.SGD([Start()], 0.1, nesterov: true));
    }

    [SubsetFact("TorchSharp tells of a key that was not present in the dictionary")]
    public void Moving_the_module_under_an_optimizer_is_one_clear_error()
    {
        using Linear linear = nn.Linear(1, 1);
        using AdamW optimizer = optim.AdamW(linear.parameters());
        linear.to(float64);
        linear.call(ones([1, 1], float64)).sum().backward();
        var error = Assert.Throws<InvalidOperationException>(() => optimizer.step());
        Assert.Contains("after moving the module", error.Message, StringComparison.Ordinal);
    }

    private static Parameter Start() => nn.Parameter(tensor(new[] { 1.0 }));

    private static Parameter Descend(optim.Optimizer optimizer, Parameter p, int steps, params Parameter[] more)
    {
        for (int i = 0; i < steps; i++)
        {
            foreach (Parameter each in (Parameter[])[p, .. more]) using (no_grad()) each.grad = each - 3;
            optimizer.step();
        }
        return p;
    }

    private static double[] Adam(int steps, double decay, bool amsgrad, bool maximize, bool decoupled)
    {
        double p = 1, m = 0, v = 0, most = 0;
        var path = new List<double>();
        for (int t = 1; t <= steps; t++)
        {
            double g = maximize ? -Gradient(p) : Gradient(p);
            if (decoupled) p *= 1 - (0.1 * decay);
            else g += decay * p;
            m = (0.9 * m) + (0.1 * g);
            v = (0.999 * v) + (0.001 * g * g);
            most = Math.Max(most, v);
            double root = Math.Sqrt((amsgrad ? most : v) / (1 - Math.Pow(0.999, t)));
            p -= 0.1 * (m / (1 - Math.Pow(0.9, t))) / (root + 1e-8);
            path.Add(p);
        }
        return [.. path];
    }
}
